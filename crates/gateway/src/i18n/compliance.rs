//! What compliance staff read.

super::texts! {
    /// Requests, preview, decision, progress, holders.
    Compliance {
        requests: "Dataskyddsärenden", "Data-subject requests";
        request: "Ärende", "Request";
        request_new: "Nytt ärende", "New request";
        request_open: "Öppna ärendet", "Open the request";
        request_kind: "Personen begär", "The person asks for";
        kind_access: "Registerutdrag (art. 15)", "A copy of the data (art. 15)";
        kind_erasure: "Radering (art. 17)", "Erasure (art. 17)";
        request_received: "Mottaget", "Received";
        request_deadline: "Besvaras senast", "To be answered by";
        request_late: "tiden har gått ut", "overdue";
        request_days_left: "{} dagar kvar", "{} days left";
        request_waiting_for: "Väntar på {}", "Waiting for {}";
        request_joined: "Det fanns redan ett öppet ärende för personen; du ser det nu.", "There was an open request for the person already; this is it.";

        keys_lead: "Fyll i det som är kontrollerat. Det visas inte igen i klartext.", "Fill in what has been checked. It is not shown in the clear again.";
        key_identity: "Personnummer eller samordningsnummer", "Personal identity or coordination number";
        key_email: "E-post", "E-mail";
        key_phone: "Telefon", "Telephone";
        key_name: "Namn vid ett uttag", "Name at an access";
        key_access: "Uttagets id", "Access id";
        key_street: "Eller adressen: gata, nummer och lägenhet", "Or the address: street, number and apartment";
        key_street_hint: "Där personen bor, har bott eller äger. Skriv ”Kungsgatan 10 lgh 1101”.", "Where the person lives, has lived or owns. Write “Kungsgatan 10 lgh 1101”.";
        key_postal_code: "Postnummer", "Postal code";
        places: "Uttag på adressen", "Accesses at the address";
        places_lead: "Välj de uttag som personen bor, har bott eller äger vid. Namnet söks tillsammans med vart och ett.", "Choose the accesses where the person lives, has lived or owns. The name is searched together with each.";
        place_now: "har adressen", "has the address";
        place_ended: "upphört", "ended";
        place_before: "hade adressen tidigare", "had the address before";
        places_choose: "Välj minst ett uttag på adressen.", "Choose at least one access at the address.";
        places_none: "Inget uttag har eller har haft adressen. Kontrollera gata, nummer och postnummer.", "No access has or has had the address. Check street, number and postal code.";
        places_more: "Adressen har fler uttag än som visas. Skriv också lägenhetsnumret.", "The address has more accesses than are shown. Write the apartment number, too.";
        places_address: "Skriv både gata och postnummer.", "Write both street and postal code.";
        proof: "Hur identiteten är kontrollerad", "How the identity was checked";
        proof_in_person: "På plats med legitimation", "In person with an identity document";
        proof_registered_email: "Genom registrerad e-postadress", "Through the registered e-mail address";
        proof_sign_in: "Genom inloggning", "By sign-in";
        note: "Anteckning", "Note";
        note_hint: "Skriv inget om personen här.", "Write nothing about the person here.";
        language: "Personens språk", "The person's language";

        state_received: "Mottaget", "Received";
        state_discovering: "Söker hos alla register", "Searching every register";
        state_awaiting_decision: "Väntar på beslut", "Waiting for a decision";
        state_awaiting_approval: "Väntar på en andra person", "Waiting for a second person";
        state_executing: "Genomförs", "Being executed";
        state_completed: "Klart", "Completed";
        state_partially_retained: "Klart, en del sparas enligt lag", "Completed, part is kept by law";
        state_refused: "Avslaget", "Refused";
        state_withdrawn: "Återtaget", "Withdrawn";

        person: "Personen", "The person";
        proof_of_identity: "Identitetskontroll", "Proof of identity";
        decided_by: "Beslutat av", "Decided by";
        approved_by: "Godkänt av", "Approved by";
        ledger_entry: "Post i raderingsliggaren", "Entry in the erasure ledger";
        preview: "Vad registren har svarat", "What the registers have answered";
        preview_lead: "Så här många uppgifter finns, och så här föreslår regelverket att de hanteras.", "This is how much there is, and how the policy proposes to handle it.";
        holder: "Register", "Holder";
        category: "Kategori", "Category";
        rows: "Uppgifter", "Rows";
        action: "Åtgärd", "Action";
        action_erase: "Radera", "Erase";
        action_retain: "Spara", "Keep";
        basis: "Laglig grund", "Legal basis";
        until: "Till och med", "Until";
        erased: "Raderade", "Erased";
        retained: "Sparade", "Kept";
        residual: "Kvarvarande vid omläsning", "Left at re-reading";
        holder_asked: "Tillfrågat", "Asked";
        holder_discovered: "Har svarat", "Has answered";
        holder_ordered: "Har fått order", "Ordered";
        holder_proven: "Har bevisat", "Proven";
        holder_void: "Beviset ogiltigt, frågas igen", "Proof void, asked again";
        nothing_found: "Inget hittades", "Nothing was found";

        decide: "Beslut", "Decision";
        proceed_erasure: "Radera enligt förslaget", "Erase as proposed";
        proceed_access: "Lämna ut", "Hand out";
        refuse: "Avslå", "Refuse";
        refuse_reason: "Skäl för avslag", "Reason for the refusal";
        two_person: "Beslutet behöver godkännas av en andra person.", "The decision needs the approval of a second person.";
        approve: "Godkänn beslutet", "Approve the decision";
        letter: "Underlag för brevet", "Details for the letter";
        certificate: "Ladda ner intyget", "Download the certificate";
        amendments: "Ladda ner tillägg {}", "Download amendment {}";
        nonce: "Personens kontrollkod (bara i brevet till personen)", "The person's check code (for the letter to the person only)";
        package_json: "Ladda ner utdraget (JSON)", "Download the package (JSON)";
        package_html: "Ladda ner utdraget (läsbar sida)", "Download the package (readable page)";
        recipients: "Mottagare som underrättas", "Recipients who are told";
        recipient: "Mottagare", "Recipient";
        told: "Underrättad", "Told";
        acknowledged: "Kvitterat", "Acknowledged";
        disclosures: "Utlämnanden", "Disclosures";
        progress: "Läget uppdateras av sig självt. Utan skript: ladda om sidan.", "The state refreshes by itself. Without script: reload the page.";
        reload: "Ladda om", "Reload";

        holders: "Register med personuppgifter", "Registers of personal data";
        holders_lead: "Varje tjänst som har anmält att den har personuppgifter.", "Every service that has said that it holds personal data.";
        holder_version: "Utgåva", "Version";
        holder_seen: "Senast hörd av", "Last heard of";
        holder_expected: "Väntad", "Expected";
        holder_retired: "Avställd", "Retired";
        access_log_readings: "Kopierade läsningar", "Readings copied";
        access_log_sealed: "Senaste kopia", "Latest copy";
        access_log_findings: "Avvikelser i läsloggen", "What is wrong with the log of readings";
        access_log_finding: "Avvikelse", "Finding";
        access_log_batch: "Epok/nummer", "Epoch/number";
        access_log_found: "Upptäckt", "Found";
        access_log_closed: "Åtgärdad", "Mended";
        data_map: "Registerkarta", "Data map";
        purpose: "Ändamål", "Purpose";
        retention: "Gallring", "Retention";
    }
}
