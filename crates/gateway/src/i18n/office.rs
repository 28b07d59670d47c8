//! What staff read of all orders at once.

super::texts! {
    /// Counts of orders, and the log across them.
    Office {
        statistics: "Statistik", "Statistics";
        statistics_lead: "Beställningar som lades i varje period, och vad som har blivit av dem hittills. Inga personuppgifter: antalen gäller leverantörer, tjänster och lägen.", "Orders that were placed in each period, and what has become of them so far. No personal data: the counts are of providers, services and states.";
        from: "Från och med", "From";
        until: "Till och med", "Up to and including";
        interval: "Tidsindelning", "Period";
        day: "Dag", "Day";
        week: "Vecka", "Week";
        month: "Månad", "Month";
        group: "Dela upp på", "Divide by";
        group_nothing: "Inget", "Nothing";
        group_provider: "Leverantör", "Provider";
        group_service: "Teknisk tjänst", "Technical service";
        group_state: "Läge", "State";
        show: "Visa", "Show";
        file: "Ladda ner som CSV", "Download as CSV";
        first_day: "Periodens första dag", "First day of the period";
        total: "Hela tiden", "The whole time";
        placed: "Lagda", "Placed";
        fetched: "Hämtade", "Fetched";
        delivered: "Levererade", "Delivered";
        cancelled: "Avbrutna", "Cancelled";
        withdrawn: "Ångrade", "Withdrawn";
        fetch_median: "Till hämtning, median", "To fetching, median";
        fetch_p90: "Till hämtning, nio av tio", "To fetching, nine of ten";
        deliver_median: "Till leverans, median", "To delivery, median";
        deliver_p90: "Till leverans, nio av tio", "To delivery, nine of ten";
        times_hint: "Tider i timmar:minuter från det att beställningen lades.", "Times in hours:minutes since the order was placed.";
        report_wrong: "Välj en period som börjar före den slutar och har högst 400 delar.", "Choose a time that begins before it ends and has at most 400 periods.";

        neutrality: "Leverantörernas ordning", "Order of the providers";
        neutrality_lead: "Hur ofta varje leverantör visades, och hur ofta den stod först, på de sidor där besökare såg erbjudanden i neutral ordning. Inget om vem som tittade, eller var.", "How often each provider was shown, and how often it was first, on the pages where visitors saw offers in neutral order. Nothing of who looked, or where.";
        neutrality_wrong: "Välj en period som börjar före den slutar och har högst 366 dagar.", "Choose a time that begins before it ends and has at most 366 days.";
        times_shown: "Visad", "Shown";
        times_first: "Först", "First";
        first_share: "Först, procent", "First, per cent";
        expected_share: "Vid jämn ordning, procent", "In an even order, per cent";
        mean_position: "Plats i medeltal", "Position on average";
        preview: "Förhandsvisa erbjudanden", "Preview of offers";
        preview_lead: "Vad besökare ser på en adress en viss dag. Utkast är med, och märkta; besökare ser dem inte.", "What visitors see at an address on a day. Drafts are included, and marked; visitors do not see them.";
        preview_address: "Adress", "Address";
        preview_day: "Dag", "Day";
        preview_draft: "Utkast", "Draft";
        preview_other: "En annan adress", "Another address";
        preview_wrong_day: "Skriv dagen som ÅÅÅÅ-MM-DD.", "Write the day as YYYY-MM-DD.";

        log: "Alla beställningars logg", "Log of all orders";
        log_lead: "Det senaste först. Vad leverantörer och handläggare har skrivit läses i respektive beställning.", "The latest first. What providers and staff have written is read with its order.";
        log_order: "Ordernummer", "Order number";
        log_at: "Tid", "Time";
        log_kind: "Vad", "What";
        log_actor: "Vem", "Who";
        log_actor_hint: "Till exempel customer, provider:nordbredband eller service:orders.", "For example customer, provider:nordbredband or service:orders.";
        log_text: "Innehåll", "Content";
        log_wrong: "Det finns ingen sådan beställning, leverantör eller dag.", "There is no such order, provider or day.";
    }
}
