//! What staff read about the forms of orders.

super::texts! {
    /// Order forms.
    Forms {
        title: "Orderformulär", "Order forms";
        lead: "Vad kunden svarar på i en order, utöver namn och adress. Nätet frågar i varje order, en leverantör i order på sina egna erbjudanden.", "What the customer answers in an order besides name and address. The network asks in every order, a provider in the orders of its own offerings.";
        of_network: "Nätets formulär", "The network's form";
        of_provider: "Formulär för {}", "Form of {}";
        owner: "Vems", "Whose";
        edit: "Ändra", "Edit";
        versions: "Tidigare versioner", "Earlier versions";
        version: "Version {}", "Version {}";
        version_none: "Det finns inget formulär än.", "There is no form yet.";
        put_at: "Sparad", "Saved";
        put_by: "Av", "By";
        by_staff: "Nätets personal", "The network's staff";
        by_provider: "Leverantören", "The provider";
        count: "Frågor", "Questions";
        no_fields: "Formuläret frågar inget.", "The form asks nothing.";
        saved: "Formuläret är sparat och gäller för nya order.", "The form is saved and is asked in new orders.";
        unsaved: "Inget är sparat än. Tryck på Spara formuläret när det är klart.", "Nothing is saved yet. Press Save the form when it is ready.";
        based_on: "Du ändrar version {}.", "You are editing version {}.";
        save: "Spara formuläret", "Save the form";
        start_over: "Kasta ändringarna och börja om", "Drop the changes and start again";
        changed_meanwhile: "Någon annan har sparat en version sedan du öppnade formuläret. Ditt är inte sparat.", "Somebody else has saved a version since you opened the form. Yours is not saved.";
        open_current: "Öppna den version som gäller nu", "Open the version that is current now";
        wrong: "Formuläret är inte sparat. Rätta frågorna som är markerade.", "The form is not saved. Correct the questions that are marked.";
        too_many: "Ett formulär kan ha högst 40 frågor. Ta bort någon.", "A form can have at most 40 questions. Remove one.";

        question: "Fråga", "Question";
        key: "Nyckel", "Key";
        key_hint: "Frågans namn för system: a–z, siffror och _, en bokstav först, högst 40 tecken. Till exempel door_code.", "The name of the question for systems: a–z, digits and _, a letter first, at most 40 characters. For example door_code.";
        kind: "Svarets typ", "Kind of answer";
        kind_text: "Text på en rad", "Text on one line";
        kind_choice: "Ett av flera val", "One of several choices";
        kind_number: "Heltal", "Whole number";
        kind_date: "Datum", "Date";
        kind_yes_no: "Ja eller nej", "Yes or no";
        kind_unknown: "Okänd typ", "Unknown kind";
        rules: "Regler", "Rules";
        up: "Upp", "Up";
        down: "Ner", "Down";
        change: "Ändra frågan", "Change the question";
        remove: "Ta bort", "Remove";
        add: "Lägg till en fråga", "Add a question";
        add_title: "Ny fråga", "New question";
        preview: "Visa som kunden ser det", "Show as the customer sees it";
        preview_sv: "Visa på svenska", "Show in Swedish";
        preview_en: "Visa på engelska", "Show in English";
        preview_lead: "Så här ser frågorna ut i en order. Inget sparas.", "This is how the questions look in an order. Nothing is saved.";
        back_to_form: "Tillbaka till formuläret", "Back to the form";

        label_sv: "Fråga på svenska", "Question in Swedish";
        label_en: "Fråga på engelska", "Question in English";
        help_sv: "Hjälptext på svenska", "Help text in Swedish";
        help_en: "Hjälptext på engelska", "Help text in English";
        need: "Måste frågan besvaras?", "Must it be answered?";
        need_no: "Nej", "No";
        need_always: "Ja, alltid", "Yes, always";
        need_if: "Ja, när en annan fråga är besvarad", "Yes, when another question is answered";
        need_if_of: "Krävs om {}", "Required if {}";
        if_key: "Den andra frågan", "The other question";
        if_none: "Ingen", "None";
        if_value: "Med vilket svar", "With which answer";
        if_value_hint: "Ett vals värde, yes eller no. Tomt: vilket svar som helst.", "The value of a choice, yes or no. Empty: any answer.";
        max_chars: "Högsta antal tecken", "Characters at most";
        max_chars_hint: "1 till 1000. Tomt: 1000.", "1 to 1000. Empty: 1000.";
        pattern: "Texten ska vara", "The text must be";
        pattern_none: "Vad som helst", "Anything";
        pattern_digits: "Siffror", "Digits";
        pattern_email: "En e-postadress", "An e-mail address";
        pattern_phone: "Ett telefonnummer", "A telephone number";
        pattern_postal_code: "Ett postnummer", "A postal code";
        pattern_organization_number: "Ett organisationsnummer", "An organisation number";
        min: "Minst", "At least";
        max: "Högst", "At most";
        earliest_days: "Tidigast, dagar från orderdagen", "Earliest, in days from the day of the order";
        latest_days: "Senast, dagar från orderdagen", "Latest, in days from the day of the order";
        days_hint: "0 är orderdagen, -1 dagen före. Tomt: ingen gräns.", "0 is the day of the order, -1 the day before. Empty: no bound.";
        choices: "Val", "Choices";
        choices_hint: "Ett val per rad: värde | svenska | engelska. Till exempel: own | Egen | My own. Högst 60.", "One choice on each line: value | Swedish | English. For example: own | Egen | My own. At most 60.";
        not_personal: "Svaret säger inget om en person och visas för personal", "The answer says nothing of a person and is shown to staff";
        personal_text: "En text räknas alltid som en personuppgift.", "A text always counts as personal data.";
        is_personal: "Personuppgift", "Personal data";
        is_not_personal: "Inte personuppgift", "Not personal data";
        purge_days: "Svaret raderas så många dagar efter att ordern är slut", "The answer is deleted so many days after the order is over";
        purge_hint: "0 till 365. Tomt: det sparas med ordern.", "0 to 365. Empty: it is kept with the order.";
        purged_after: "Raderas efter {} dagar", "Deleted after {} days";
        apply: "Klar med frågan", "Done with the question";
        cancel: "Avbryt", "Cancel";

        error_key: "Skriv en nyckel av a–z, siffror och _ med en bokstav först, högst 40 tecken, som ingen annan fråga har.", "Write a key of a–z, digits and _ with a letter first, at most 40 characters, that no other question has.";
        error_kind: "Välj en typ.", "Choose a kind.";
        error_label: "Skriv 1 till 120 tecken på en rad.", "Write 1 to 120 characters on one line.";
        error_help: "Skriv högst 1000 tecken på en rad, på båda språken eller på inget.", "Write at most 1000 characters on one line, in both languages or in neither.";
        error_if_key: "Välj en annan fråga i formuläret som inte själv beror på den här.", "Choose another question of the form that does not itself depend on this one.";
        error_if_value: "Skriv värdet på ett av den andra frågans val, yes eller no. För andra typer ska fältet vara tomt.", "Write the value of one of the other question's choices, yes or no. For other kinds leave it empty.";
        error_max_chars: "Skriv ett heltal från 1 till 1000.", "Write a whole number from 1 to 1000.";
        error_pattern: "Välj i listan.", "Choose from the list.";
        error_number: "Skriv ett heltal. Det högsta får inte vara under det lägsta.", "Write a whole number. The highest must not be below the lowest.";
        error_days: "Skriv ett heltal från -3660 till 3660. Det senaste får inte vara före det tidigaste.", "Write a whole number from -3660 to 3660. The latest must not be before the earliest.";
        error_choices: "Skriv 1 till 60 rader: värde | svenska | engelska. Värdet har a–z, siffror och _, en bokstav först, och står bara på en rad.", "Write 1 to 60 lines: value | Swedish | English. The value has a–z, digits and _, a letter first, and stands on one line only.";
        error_not_personal: "En text är alltid en personuppgift.", "A text is always personal data.";
        error_purge: "Skriv ett heltal från 0 till 365.", "Write a whole number from 0 to 365.";
    }
}
