//! What staff read about the people at an access, and about those whose personal data is protected.

super::texts! {
    /// The people at an access.
    People {
        title: "Boende och ägare", "Residents and owners";
        lead: "Visar vem som bor vid uttaget och vem som äger fastigheten. Läsningen loggas med sitt ändamål.", "Shows who lives at the access and who owns the property. The reading is logged with its purpose.";
        show: "Visa", "Show";
        resident: "Boende", "Resident";
        owner: "Fastighetsägare", "Owner of the property";
        nobody: "Ingen är känd.", "Nobody is known.";
        protected: "Någon vid uttaget har skyddade personuppgifter. Namnen visas bara för den som har den behörigheten, när en kollega har godkänt det.", "Somebody at the access has protected personal data. The names are shown only to somebody with that role, when a colleague has approved it.";
        protected_ask: "Begär att få se dem", "Ask to see them";
        mark_held: "Märkningen kan tas bort av den som har fått godkänt att se personerna.", "The mark can be taken away by somebody who was approved to see the people.";

        disclosures: "Skyddade personuppgifter", "Protected personal data";
        disclosures_lead: "En ber om att få se vem som bor vid ett uttag, en annan godkänner inom ett dygn, och den första kan se uppgifterna i en timme.", "One asks to see who lives at an access, another approves within a day, and the first can see the data for an hour.";
        ask: "Be om att få se", "Ask to see";
        access: "Uttagets id", "Id of the access";
        purpose: "Varför behövs det?", "Why is it needed?";
        purpose_hint: "Skriv inget namn. Högst 200 tecken.", "Write no name. At most 200 characters.";
        asked_by: "Begärt av", "Asked by";
        asked_at: "Begärt", "Asked";
        decided_by: "Beslut av", "Decided by";
        pending: "Väntar på en kollega", "Waits for a colleague";
        approved: "Godkänt", "Approved";
        declined: "Avslaget", "Declined";
        lapsed: "Tiden har gått ut", "Lapsed";
        until: "till {}", "until {}";
        approve: "Godkänn", "Approve";
        decline: "Avslå", "Decline";
        look: "Visa personerna", "Show the people";
        error_access: "Det finns inget uttag med det id:t.", "There is no access with that id.";
        error_nobody: "Ingen vid uttaget har skyddade personuppgifter; de kan visas på uttagets sida.", "Nobody at the access has protected personal data; they can be shown on the page of the access.";
        error_purpose: "Skriv varför det behövs, med högst 200 tecken.", "Write why it is needed, in at most 200 characters.";
    }
}
