//! What staff read, apart from compliance.

super::texts! {
    /// Set-up, sign-in, users, imports, orders, contacts, providers.
    Staff {
        setup_title: "Första start", "First start";
        setup_lead: "Skapa nätet och den första administratören. Engångskoden står i konsolen där Uttag startades.", "Create the network and the first administrator. The one-time secret is on the console where Uttag was started.";
        setup_secret: "Engångskod", "One-time secret";
        setup_network_code: "Nätets kod", "Code of the network";
        setup_network_name: "Nätets namn", "Name of the network";
        setup_done: "Första starten är redan gjord. Logga in i stället.", "The first start has been done already. Sign in instead.";
        setup_local: "Första starten kan bara göras från samma dator som Uttag körs på.", "The first start can only be done from the computer that Uttag runs on.";
        setup_wrong_secret: "Engångskoden stämmer inte.", "The one-time secret is not right.";

        enrol_title: "Anslut en autentiseringsapp", "Connect an authenticator app";
        enrol_lead: "Läs in bilden med appen, eller skriv in nyckeln, och skriv sedan koden som appen visar.", "Scan the picture with the app, or type in the key, and then write the code that the app shows.";
        enrol_key: "Nyckel", "Key";
        enrol_wrong_code: "Koden stämmer inte. Vänta på nästa kod och försök igen.", "The code is not right. Wait for the next one and try again.";
        enrol_button: "Slå på", "Switch on";

        invite_title: "Välkommen", "Welcome";
        invite_lead: "Välj ett lösenord för ditt konto.", "Choose a password for your account.";
        invite_gone: "Inbjudan gäller inte längre. Be en administratör om en ny.", "The invitation is no longer valid. Ask an administrator for a new one.";

        login_title: "Logga in", "Sign in";
        login_user: "E-post", "E-mail";
        login_password: "Lösenord", "Password";
        login_totp: "Kod från appen", "Code from the app";
        login_button: "Logga in", "Sign in";
        login_wrong: "Uppgifterna stämmer inte, eller så är kontot tillfälligt låst.", "The details are not right, or the account is locked for a while.";
        login_out: "Du är utloggad.", "You are signed out.";

        home_title: "Översikt", "Overview";
        home_lead: "Inloggad som {}.", "Signed in as {}.";

        users: "Användare", "Users";
        user_new: "Ny användare", "New user";
        user_name: "Namn", "Name";
        user_email: "E-post", "E-mail";
        user_roles: "Roller", "Roles";
        user_state: "Läge", "State";
        user_invited: "Inbjuden", "Invited";
        user_active: "Aktiv", "Active";
        user_disabled: "Avstängd", "Disabled";
        user_invite: "Skapa och visa inbjudan", "Create and show the invitation";
        user_invitation: "Lämna den här länken till användaren. Den gäller en gång, i 72 timmar, och visas bara nu.", "Give this link to the user. It works once, for 72 hours, and is shown only now.";
        user_disable: "Stäng av", "Disable";
        user_reset: "Ny inbjudan", "New invitation";
        user_self: "Du kan inte stänga av dig själv.", "You cannot disable yourself.";

        imports: "Importer", "Imports";
        import_title: "Importera adressfil", "Import address file";
        import_lead: "MdB2-fil med rubrikrad. Tabb, komma eller semikolon; UTF-8, Latin-1 eller Windows-1252.", "MdB2 file with a header line. Tab, comma or semicolon; UTF-8, Latin-1 or Windows-1252.";
        import_file: "Fil", "File";
        import_mode: "Hur uttag som inte finns i filen hanteras", "What happens to accesses that the file does not name";
        import_delta: "De lämnas som de är (delta)", "They are left as they are (delta)";
        import_full: "De avslutas (full)", "They end (full)";
        import_dry_run: "Visa bara vad som skulle hända (torrkörning)", "Only show what would happen (dry run)";
        import_button: "Importera", "Import";
        import_report: "Importrapport", "Import report";
        import_outcome: "Utfall", "Outcome";
        import_applied: "Genomförd", "Applied";
        import_nothing_changed: "Inget ändrades", "Nothing changed";
        import_refused: "Hela filen avvisades", "The whole file was refused";
        import_dry: "Torrkörning, inget ändrades", "Dry run, nothing was changed";
        import_received: "Mottagen", "Received";
        import_rows: "Rader", "Rows";
        import_added: "Nya", "Added";
        import_changed: "Ändrade", "Changed";
        import_unchanged: "Oförändrade", "Unchanged";
        import_ended: "Avslutade", "Ended";
        import_rejected: "Avvisade", "Rejected";
        import_suppressed: "Namn som inte togs in (tidigare radering)", "Names not taken in (erased before)";
        import_unknown: "Okända kolumner", "Unknown columns";
        import_format: "Filens format", "Format of the file";
        import_rejections: "Avvisade rader", "Rejected rows";
        import_line: "Rad", "Line";
        import_field: "Fält", "Field";
        import_value: "Värde", "Value";
        import_rule: "Regel", "Rule";
        import_download: "Ladda ner de avvisade raderna", "Download the rejected rows";
        import_download_gone: "Filen med avvisade rader sparas bara en halvtimme. Torrkör filen igen för att få den.", "The file of rejected rows is kept for half an hour only. Dry-run the file again to get it.";

        orders: "Beställningar", "Orders";
        order_number: "Ordernummer", "Order number";
        order_offering: "Tjänst", "Service";
        order_provider: "Leverantör", "Provider";
        order_access: "Uttag", "Access";
        order_placed: "Lagd", "Placed";
        order_changed: "Ändrad", "Changed";
        order_wanted: "Önskat datum", "Requested date";
        order_customer: "Kund", "Customer";
        order_erased: "Kundens uppgifter är raderade.", "The customer's data has been erased.";
        order_log: "Logg", "Log";
        log_placed: "Beställningen lagd", "Order placed";
        log_status: "Läge", "Status";
        log_disclosed: "Uppgifter hämtade", "Personal data fetched";
        log_mailed: "Brev sänt", "Mail sent";
        log_message: "Meddelande", "Message";
        log_erased: "Raderad", "Erased";
        log_mailed_customer: "Bekräftelse till kunden", "Confirmation to the customer";
        log_mailed_provider: "Beställningen till leverantören, utan personuppgifter", "The order to the provider, without personal data";
        log_purpose: "Ändamål: {}", "Purpose: {}";
        purpose_delivery: "leverans", "delivery";
        purpose_support: "hjälp till kunden", "support";
        purpose_billing: "fakturering", "billing";
        purpose_contact: "kontakt", "contact";
        purpose_other: "annat", "other";
        order_all: "Alla", "All";
        order_filter: "Visa", "Show";

        contacts: "Kontakter", "Contacts";
        contact_new: "Ny kontakt", "New contact";
        contact_company: "Företag", "Company";
        contact_title: "Titel", "Title";
        contact_source: "Hur vi fick kontakten", "How we got the contact";
        contact_newsletter: "Vill ha nyhetsbrev", "Wants the newsletter";
        contact_language: "Språk i utskicket", "Language of the mail";
        contact_created: "Inlagd", "Entered";
        contact_confirmed: "Bekräftad", "Confirmed";
        contact_quarantined: "I karantän", "In quarantine";
        contact_quarantine_text: "Kontakten ligger i karantän tills personen har bekräftat genom länken i ett e-postmeddelande.", "The contact is in quarantine until the person has confirmed by the link in an e-mail.";
        contact_purpose: "Varför öppnar du kontakten?", "Why are you opening the contact?";
        contact_purpose_hint: "Antecknas i åtkomstloggen.", "Recorded in the access log.";
        contact_hidden: "Personen visas inte före bekräftelsen", "The person is not shown before the confirmation";
        source_fair: "Mässa", "Fair";
        source_phone: "Telefon", "Telephone";
        source_email: "E-post", "E-mail";
        source_web: "Webben", "The web";
        source_meeting: "Möte", "Meeting";

        providers: "Leverantörer", "Providers";
        provider_id: "Kortnamn", "Short name";
        provider_name: "Namn", "Name";
        provider_email: "Orderadress (funktionsadress)", "Order address (a function address)";
        provider_privacy: "Länk till integritetsinformation", "Link to privacy information";
        provider_new: "Ny eller ändrad leverantör", "New or changed provider";
        offering_new: "Nytt eller ändrat erbjudande", "New or changed offering";
        offering_id: "Erbjudandets id (tomt för nytt)", "Id of the offering (empty for a new one)";
        offering_service: "Teknisk tjänst", "Technical service";
        offering_name: "Erbjudandets namn", "Name of the offering";
        offering_description: "Beskrivning", "Description";
        offering_monthly: "Månadspris i kr med moms", "Monthly price in SEK with VAT";
        offering_start: "Startavgift i kr med moms", "Start fee in SEK with VAT";
        offering_commitment: "Bindningstid i månader", "Commitment in months";
        csv: "CSV", "CSV";
    }
}
