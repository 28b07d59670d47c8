//! What staff read about providers' systems that are called.

super::texts! {
    /// Providers' systems.
    Systems {
        title: "Leverantörers system", "Providers' systems";
        lead: "System som nätet anropar enligt ON-API: dit lämnas beställningar, och därifrån hämtas erbjudanden.", "Systems that the network calls over ON-API: orders are handed over to them, and offerings fetched from them.";
        none: "Inget system är inlagt.", "No system is entered.";
        provider: "Leverantör", "Provider";
        base_url: "Adress", "Address";
        base_url_hint: "https, fram till versionen: https://sp.example.se/onapi", "https, as far as the version: https://sp.example.se/onapi";
        api_version: "Version av ON-API", "Version of ON-API";
        functions: "Funktioner", "Functions";
        function_products: "Erbjudanden hämtas (products)", "Offerings are fetched (products)";
        function_order: "Beställningar lämnas (order)", "Orders are handed over (order)";
        function_activationnotice: "Besked om aktivering (activationnotice)", "Activation notices (activationnotice)";
        function_contacts: "Kontaktuppgifter (contacts)", "Contact data (contacts)";
        user_name: "Användarnamn", "User name";
        secret_hint: "Tomt: som det är. Sparas förseglat och visas aldrig.", "Empty: as it is. Kept sealed and never shown.";
        password: "Lösenord", "Password";
        portal_url: "Adress till leverantörens portal", "Address of the provider's portal";
        portal_operator: "Nätets namn hos portalen (ko)", "The network's name at the portal (ko)";
        portal_key: "Delad nyckel för portalen", "Shared key of the portal";
        changed: "Ändrat", "Changed";
        edit: "Ändra", "Change";
        new: "Lägg in ett system", "Enter a system";
        edit_title: "System hos {}", "System of {}";
        stale: "Någon annan har ändrat systemet sedan du öppnade sidan. Öppna den igen.", "Somebody else has changed the system since you opened the page. Open it again.";
        try_out: "Pröva", "Try";
        works: "Systemet svarar och tar emot inloggningen.", "The system answers, and takes the credential.";
        fails: "Systemet fungerar inte: {}", "The system does not work: {}";
        remove: "Ta bort …", "Remove …";
        remove_title: "Ta bort systemet?", "Remove the system?";
        remove_text: "Hemligheterna raderas, det som väntar lämnas inte över, och erbjudanden som hämtats därifrån tas ur guiden.", "The secrets are deleted, what waits is not handed over, and offerings that were fetched from it leave the guide.";
        remove_button: "Ta bort systemet", "Remove the system";
        removed: "Systemet är borttaget.", "The system is removed.";

        products: "Hämtade erbjudanden", "Fetched offerings";
        pull: "Hämta nu", "Fetch now";
        pulled: "Hämtningen har börjat.", "The fetch has begun.";
        succeeded_at: "Lyckades senast", "Last succeeded";
        next_at: "Nästa gång", "Next time";
        failing_since: "Misslyckas sedan", "Fails since";
        taken: "Erbjudanden som togs", "Offerings taken";
        ended: "Borttagna", "Ended";
        refused: "Avvisade", "Refused";
        finding_offering: "Erbjudande", "Offering";
        finding_field: "Fält", "Field";
        finding_rule: "Vad som krävs", "What is required";
        finding_kind: "Följd", "Consequence";
        finding_refused: "Avvisat", "Refused";
        finding_left_out: "Utelämnat", "Left out";

        handovers: "Lämnade beställningar", "Orders handed over";
        handovers_lead: "Beställningar som lämnas till leverantörers system, senaste först. Är det ovisst om en kom fram: fråga leverantören innan den skickas igen, annars kan den komma två gånger.", "Orders that are handed over to providers' systems, the newest first. Where it is uncertain whether one arrived, ask the provider before it is sent again: else it may arrive twice.";
        handovers_needing: "Bara de som någon måste se till", "Only those that somebody must see to";
        handovers_all: "Alla", "All";
        order: "Beställning", "Order";
        kind: "Ärende", "Matter";
        kind_order: "Beställning", "Customer's order";
        kind_notice: "Besked om aktivering", "Activation notice";
        attempts: "Försök", "Attempts";
        answer: "Senaste svar", "Last answer";
        begun: "Började", "Begun";
        next_attempt: "Nästa försök", "Next attempt";
        waiting: "Väntar", "Waiting";
        sending: "Skickas", "Being sent";
        confirmed: "Mottagen", "Taken";
        rejected: "Avböjd", "Declined";
        state_refused: "Anropet fel", "Call wrong";
        uncertain: "Ovisst", "Uncertain";
        given_up: "Uppgiven", "Given up";
        superseded: "Behövdes inte", "Not needed";
        resend: "Skicka igen", "Send again";
        confirm: "Leverantören har den", "The provider has it";
        decided: "Det är antecknat.", "It is noted.";

        failure_credential: "tar inte emot inloggningen", "does not take the credential";
        failure_no_credential: "inloggningen kan inte läsas", "the credential cannot be read";
        failure_no_function: "funktionen finns inte", "there is no such function";
        failure_unreadable: "svaret går inte att läsa", "the answer cannot be read";
        failure_nothing_valid: "inget erbjudande var rätt", "no offering was right";
        failure_broken: "förbindelsen bröts", "the connection broke";
        failure_restricted: "kundens uppgifter är begränsade", "the customer's data is restricted";
        failure_refused: "anropet avvisades", "the call was refused";

        error_base_url: "Skriv en https-adress på internet, högst 400 tecken, utan användare och frågetecken.", "Write an https address on the internet, at most 400 characters, without a user and a query.";
        error_user_name: "Skriv användarnamn och lösenord. De behövs för ett nytt system och när adressen leder till en annan dator.", "Write user name and password. They are needed for a new system, and when the address leads to another host.";
        error_password: "Skriv ett lösenord på högst 255 tecken.", "Write a password of at most 255 characters.";
        error_portal_url: "Skriv en https-adress utan frågetecken. Den behövs med de andra fälten om portalen.", "Write an https address without a query. It is needed with the other fields of the portal.";
        error_portal_operator: "Skriv nätets namn hos portalen, högst 60 tecken.", "Write the network's name at the portal, at most 60 characters.";
        error_portal_key: "Skriv nyckeln, 8 till 255 tecken.", "Write the key, 8 to 255 characters.";
    }
}
