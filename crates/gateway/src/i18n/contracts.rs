//! What staff read about the contracts of providers and what was given under them.

super::texts! {
    /// Contracts and extracts.
    Contracts {
        title: "Avtal", "Contracts";
        lead: "Vad leverantörer får se av nätets uttag. Utan avtal ser en leverantör inget. Ingen kolumn säger något om en person.", "What providers may see of the network's accesses. Without a contract a provider sees nothing. No column says anything about a person.";
        provider: "Leverantör", "Provider";
        new: "Nytt avtal", "New contract";
        change: "Ändra avtal", "Change contract";
        change_short: "Ändra", "Change";
        changed_at: "Ändrat", "Changed";
        period: "Tid", "Time";
        until_changed: "tills vidare", "until further notice";
        state_coming: "Kommande", "To come";
        state_running: "Gäller", "In force";
        state_ended: "Avslutat", "Ended";
        columns: "Kolumner utöver uttagets id", "Columns beside the id of the access";
        premises: "Typ av lokal", "Kind of premises";
        premises_hint: "Om ingen väljs gäller avtalet alla.", "With none chosen the contract covers all.";
        premises_all: "Alla", "All";
        on_api: "Leverantören får använda ON-API, vars kolumner standarden bestämmer", "The provider may use ON-API, whose columns its standard sets";
        valid_from: "Första dag", "First day";
        valid_until: "Sista dag", "Last day";
        until_hint: "Tomt: tills vidare.", "Empty: until further notice.";
        restart: "När ett avtal ändras börjar leverantörens system om från början.", "When a contract is changed the provider's system starts again from the beginning.";
        no_providers: "Lägg först in leverantören.", "Enter the provider first.";
        changed_meanwhile: "Någon annan har ändrat avtalet sedan du öppnade det.", "Somebody else has changed the contract since you opened it.";
        reload: "Öppna det på nytt", "Open it anew";

        end: "Avsluta i dag", "End it today";
        end_title: "Avsluta avtalet i dag?", "End the contract today?";
        end_text: "Leverantören ser uttagen till och med i dag. Ångra genom att ändra avtalets sista dag.", "The provider sees the accesses up to and including today. To undo, change the last day of the contract.";
        end_button: "Avsluta avtalet", "End the contract";

        extracts: "Utdrag", "Extracts";
        extracts_lead: "Vad leverantörer har fått, senaste först.", "What providers were given, newest first.";
        extracts_of: "Vad {} har fått", "What {} was given";
        extracts_all: "Visa alla leverantörer", "Show all providers";
        begun: "Började", "Began";
        ended: "Slutade", "Ended";
        not_ended: "Pågår eller avbröts", "Running or broken off";
        caller: "Inloggning", "Credential";
        interface: "Gränssnitt", "Interface";
        interface_market: "Marknadsutdrag", "Market extract";
        interface_on_api: "ON-API (standard)", "ON-API (the standard)";
        put: "Lämnade", "Given";
        removed: "Borttagna", "Taken away";
        withheld: "Varav undanhållna", "Of those withheld";
        withheld_hint: "Undanhållna är uttag där den boende har invänt, är begränsad eller har skyddade uppgifter.", "Withheld are accesses where the resident objects, is restricted or has protected data.";

        column_coordinates: "Koordinater", "Coordinates";
        column_state: "Uttagets läge", "State of the access";
        column_connected_on: "Ansluten sedan", "Connected since";
        column_services: "Tekniska tjänster som kan fås", "Technical services that can be had";
        column_unknown: "Annan kolumn", "Other column";

        premises_commercial: "Företagslokal", "Company premises";
        premises_mdu_apartment: "Lägenhet", "Flat";
        premises_mdu_common: "Gemensam lokal i flerbostadshus", "Common room of a block of flats";
        premises_mdu_technical: "Teknikutrymme i flerbostadshus", "Technical room of a block of flats";
        premises_public: "Offentlig plats", "Public place";
        premises_residential_house: "Villa", "Detached house";
        premises_unknown: "Okänd", "Not known";

        error_provider: "Välj en leverantör i listan.", "Choose a provider from the list.";
        error_columns: "Välj minst en kolumn.", "Choose at least one column.";
        error_premises: "Välj bland typerna i listan.", "Choose among the kinds in the list.";
        error_valid_from: "Skriv en dag som ÅÅÅÅ-MM-DD. En leverantör kan bara ha ett avtal åt gången.", "Write a day as YYYY-MM-DD. A provider can have only one contract at a time.";
        error_valid_until: "Skriv en dag som ÅÅÅÅ-MM-DD som inte är före den första, eller lämna fältet tomt.", "Write a day as YYYY-MM-DD that is not before the first, or leave the field empty.";
    }
}
