//! What staff read about the endpoints of providers' systems.

super::texts! {
    /// Webhooks.
    Webhooks {
        title: "Webhookar", "Webhook endpoints";
        lead: "Adresser hos leverantörers system som får veta att något har hänt. Leverantören lägger själv in dem och har hemligheten.", "Addresses of providers' systems that are told that something has happened. The provider enters them itself and has the secret.";
        provider: "Leverantör", "Provider";
        endpoints_of: "Mottagare hos {}", "Endpoints of {}";
        none: "Leverantören har ingen mottagare.", "The provider has no endpoint.";
        name: "Namn", "Name";
        url: "Adress", "Address";
        kinds: "Händelser", "Events";
        state_active: "Används", "In use";
        state_inactive: "Avstängd av leverantören", "Turned off by the provider";
        state_gone: "Avstängd: mottagaren svarade att den är borta (410)", "Turned off: the endpoint answered that it is gone (410)";
        state_failing: "Avstängd: inget kom fram på tre dygn", "Turned off: nothing arrived for three days";
        state_network: "Avstängd av nätet", "Turned off by the network";
        changed: "Ändrad", "Changed";
        deliveries: "Sändningar", "Deliveries";
        deliveries_of: "Sändningar till {}", "Deliveries to {}";
        disable: "Stäng av …", "Turn off …";
        disable_title: "Stäng av mottagaren?", "Turn the endpoint off?";
        disable_text: "Den får inte veta något mer, och vad som händer under tiden sparas inte till den. Leverantören kan själv sätta på den igen.", "It is told nothing more, and what happens meanwhile is not kept for it. The provider can turn it on again itself.";
        disable_button: "Stäng av mottagaren", "Turn the endpoint off";
        disabled: "Mottagaren är avstängd.", "The endpoint is turned off.";

        deliveries_lead: "Senaste först. Det som är klart sparas i 14 dagar.", "Newest first. What is over is kept for 14 days.";
        all: "Alla", "All";
        filter: "Visa", "Show";
        waiting: "Väntar", "Waiting";
        delivered: "Framme", "Delivered";
        given_up: "Uppgiven", "Given up";
        unknown: "Okänt läge", "Not known";
        at: "Hände", "Happened";
        event: "Händelse", "Event";
        object: "Gäller", "About";
        attempts: "Försök", "Attempts";
        answer: "Senaste svar", "Last answer";
        next_attempt: "Nästa försök", "Next attempt";
        finished: "Klar", "Over";
        failure_status: "Svarade med fel", "Answered with an error";
        failure_timed_out: "Svarade inte i tid", "Did not answer in time";
        failure_unreachable: "Nåddes inte", "Was not reached";
        failure_refused: "Adressen är inte tillåten", "The address is not admitted";
        failure_open: "Vilar efter många fel", "Rests after many failures";
        failure_certificate: "Certifikatet godtas inte", "The certificate is not accepted";
        failure_too_long: "Svaret var för långt", "The answer was too long";
        failure_other: "Misslyckades ({})", "Failed ({})";
        resend: "Sänd igen", "Send again";
        resent: "Den sänds igen nu, med samma id.", "It is sent again now, with the same id.";
    }
}
