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
