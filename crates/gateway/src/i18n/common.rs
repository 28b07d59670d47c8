//! Words that several pages share.

super::texts! {
    /// Navigation, states, roles, and what is said at a field that is wrong.
    Common {
        site: "Uttag", "Uttag";
        skip: "Till innehållet", "Skip to content";
        menu: "Huvudmeny", "Main menu";
        staff_menu: "Personalmeny", "Staff menu";
        switch_language_here: "byt till svenska", "change to English";
        search: "Sök adress", "Search address";
        privacy: "Personuppgifter", "Privacy";
        staff: "För personal", "For staff";
        sign_out: "Logga ut", "Sign out";
        send: "Skicka", "Send";
        save: "Spara", "Save";
        back: "Tillbaka", "Back";
        open: "Öppna", "Open";
        next_page: "Nästa sida", "Next page";
        first_page: "Första sidan", "First page";
        none: "Inget att visa.", "Nothing to show.";
        yes: "Ja", "Yes";
        no: "Nej", "No";
        optional: "frivilligt", "optional";
        correct_these: "Rätta det här och skicka igen", "Correct this and send again";
        saved: "Sparat.", "Saved.";
        status: "Status", "Status";

        state_planned: "Planerad", "Planned";
        state_deploying: "Under utbyggnad", "Being built";
        state_homespassed: "Kan anslutas", "Can be connected";
        state_connected: "Ansluten", "Connected";
        state_disconnected: "Frånkopplad", "Disconnected";
        state_migrating: "Under flytt mellan nät", "Moving between networks";
        state_unknown: "Okänt läge", "State unknown";

        order_new: "Ny", "New";
        order_received: "Mottagen", "Received";
        order_active: "Pågår", "In progress";
        order_waiting: "Väntar", "Waiting";
        order_delivered: "Levererad", "Delivered";
        order_cancelled: "Avbruten", "Cancelled";
        order_withdrawn: "Ångrad", "Withdrawn";

        role_admin: "Administratör", "Administrator";
        role_importer: "Import", "Importer";
        role_customer_service: "Kundtjänst", "Customer service";
        role_compliance: "Dataskyddshandläggare", "Compliance officer";
        role_dpo: "Dataskyddsombud", "Data protection officer";
        role_protected_data: "Skyddade personuppgifter", "Protected personal data";

        error_name: "Skriv ett namn på högst 120 tecken.", "Write a name of at most 120 characters.";
        error_identity_number: "Skriv ett personnummer eller samordningsnummer med tio eller tolv siffror, till exempel ÅÅÅÅMMDD-NNNN.", "Write a personal identity or coordination number of ten or twelve digits, for example YYYYMMDD-NNNN.";
        error_email: "Skriv en e-postadress, till exempel namn@example.se.", "Write an e-mail address, for example name@example.se.";
        error_phone: "Skriv ett telefonnummer, till exempel 070-174 06 05.", "Write a telephone number, for example +46 70 174 06 05.";
        error_requested_date: "Välj en dag från och med i dag, eller lämna fältet tomt.", "Choose a day from today on, or leave the field empty.";
        error_accepted: "Du behöver godkänna texten för att kunna beställa.", "You need to accept the text to be able to order.";
        error_query: "Skriv 2 till 80 tecken.", "Write 2 to 80 characters.";
        error_required: "Fyll i fältet.", "Fill in this field.";
        error_price: "Skriv ett pris i kronor, till exempel 349 eller 349,50.", "Write a price in kronor, for example 349 or 349.50.";
        error_provider_id: "Små bokstäver, siffror och bindestreck, 2 till 32 tecken.", "Lower-case letters, digits and hyphens, 2 to 32 characters.";
        error_network: "Tre till tio stora bokstäver, A till Z.", "Three to ten capital letters, A to Z.";
        error_password: "Välj ett lösenord på minst 12 tecken som inte är vanligt.", "Choose a password of at least 12 characters that is not a common one.";
        error_roles: "Välj minst en roll.", "Choose at least one role.";
        error_file: "Välj en fil.", "Choose a file.";
        error_keys: "Fyll i minst en uppgift att söka på.", "Fill in at least one thing to search by.";
        error_names_at_access: "Skriv namn och uttagets id tillsammans.", "Write the name and the access id together.";
        error_reason: "Skriv varför.", "Write why.";
        error_number: "Skriv ett heltal.", "Write a whole number.";
        error_other: "Värdet godtas inte.", "This value is not accepted.";
        error_email_taken: "Adressen används redan.", "The address is in use already.";
        error_command_id: "Formuläret är för gammalt. Ladda om sidan.", "The form is too old. Reload the page.";
    }
}
