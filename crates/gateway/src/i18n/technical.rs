//! What staff read about providers' technical orders at the network.

super::texts! {
    /// Technical orders.
    Technical {
        title: "Tekniska order", "Technical orders";
        lead: "Vad leverantörernas system har beställt av nätet, äldst först.", "What the systems of providers have ordered of the network, oldest first.";
        one: "Teknisk order", "Technical order";
        not_done: "De som inte är klara", "Those that are not done";
        state_received: "Mottagen", "Received";
        state_in_progress: "Pågår", "In progress";
        state_done_success: "Utförd", "Carried out";
        state_done_failed: "Misslyckad", "Failed";
        state_unknown: "Okänt läge", "Not known";
        operation: "Åtgärd", "Operation";
        operation_activate: "Aktivera", "Activate";
        operation_deactivate: "Avsluta", "Deactivate";
        operation_suspend: "Pausa", "Suspend";
        operation_resume: "Återuppta", "Resume";
        operation_modify: "Ändra egenskaper", "Change characteristics";
        operation_change: "Byt tjänst", "Change the service";
        provider: "Leverantör", "Provider";
        provider_all: "Alla leverantörer", "All providers";
        service: "Teknisk tjänst", "Technical service";
        access: "Uttag", "Access";
        subscription: "Abonnemang", "Subscription";
        customer_order: "Kundens order", "The customer's order";
        wanted: "Önskad tid", "Wanted at";
        takeover: "Får ta tjänsten från en annan leverantör", "May take the service from another provider";
        came: "Kom", "Came";
        changed: "Senast ändrad", "Last changed";
        message: "Varför den misslyckades", "Why it failed";
        filter: "Visa", "Show";
        take: "Börja arbeta med den", "Begin to work on it";
        succeed: "Den är utförd …", "It is carried out …";
        fail: "Den går inte att utföra …", "It cannot be carried out …";
        succeed_title: "Är ordern utförd?", "Is the order carried out?";
        succeed_text: "Leverantören får veta det, abonnemanget ändras och kundens order räknas som levererad. Det går inte att ångra.", "The provider is told, the subscription changes and the customer's order counts as delivered. It cannot be undone.";
        succeed_button: "Ja, den är utförd", "Yes, it is carried out";
        fail_title: "Går ordern inte att utföra?", "Can the order not be carried out?";
        fail_text: "Leverantören får veta det med dina ord. Det går inte att ångra; leverantören kan beställa igen.", "The provider is told in your words. It cannot be undone; the provider can order again.";
        fail_button: "Ja, den misslyckades", "Yes, it failed";
        message_hint: "Högst 255 tecken på en rad. Leverantören läser det. Skriv inget om en person.", "At most 255 characters on one line. The provider reads it. Write nothing about a person.";
        error_message: "Skriv varför, på en rad med högst 255 tecken.", "Write why, on one line of at most 255 characters.";
        error_access: "Skriv uttagets id som det står i nätets register.", "Write the id of the access as the network's register has it.";
        moved_meanwhile: "Någon annan har ändrat ordern sedan du öppnade den. Inget av det du valde är gjort; så här är den nu.", "Somebody else has changed the order since you opened it. Nothing of what you chose is done; this is how it is now.";
        impossible: "Det går inte att utföra den som det är nu: uttaget eller abonnemanget har ändrats sedan ordern kom. Inget är gjort.", "It cannot be carried out as things are: the access or the subscription has changed since the order came. Nothing is done.";
        moved: "Ordern är flyttad.", "The order has been moved.";
    }
}
