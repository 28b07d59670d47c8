//! What visitors read.

super::texts! {
    /// Search, place, order, receipt, confirmation, privacy, and the pages for when something is wrong.
    Public {
        search_title: "Finns fiber hos dig?", "Is there fibre at your address?";
        search_lead: "Sök på din adress och se om den är ansluten och vilka tjänster som finns där.", "Search for your address and see whether it is connected and which services can be had there.";
        search_label: "Adress", "Address";
        search_hint: "Gatuadress och gärna ort, till exempel ”Kungsgatan 10 Västerås”.", "Street address, and the town if you like, for example “Kungsgatan 10 Västerås”.";
        search_button: "Sök", "Search";
        search_results: "Träffar", "Results";
        search_none: "Ingen adress hittades. Kontrollera stavningen eller skriv bara gatan.", "No address was found. Check the spelling, or write the street only.";
        search_similar: "Liknande stavning: {}", "Similar spelling: {}";
        search_abbreviation: "Förkortning: {}", "Abbreviation: {}";
        search_more: "Fler träffar kan finnas; skriv mer av adressen.", "There may be more results; write more of the address.";

        place_services: "Tekniska tjänster", "Technical services";
        place_offers: "Erbjudanden", "Offers";
        place_no_offers: "Just nu går det inte att beställa något här.", "Nothing can be ordered here at the moment.";
        place_order: "Beställ {}", "Order {}";
        place_connected: "Adressen är ansluten till nätet.", "The address is connected to the network.";
        place_not_connected: "Adressen är inte ansluten till nätet ännu.", "The address is not connected to the network yet.";
        place_expired: "Länken till platsen har gått ut. Sök adressen igen.", "The link to the place has expired. Search for the address again.";
        price_month: "kr/månad", "SEK/month";
        price_start: "Startavgift {} kr", "Start fee SEK {}";
        price_total: "Minsta totala kostnad {} kr", "Lowest total cost SEK {}";
        commitment: "Bindningstid {} månader", "Commitment {} months";
        no_commitment: "Ingen bindningstid", "No commitment";
        by_provider: "från {}", "from {}";

        order_title: "Beställ {}", "Order {}";
        order_address: "Leveransadress", "Delivery address";
        order_customer: "Dina uppgifter", "Your details";
        order_name: "Namn", "Name";
        order_identity_number: "Personnummer eller samordningsnummer", "Personal identity or coordination number";
        order_identity_hint: "Tio eller tolv siffror. Behövs för att leverantören ska kunna teckna avtal med rätt person.", "Ten or twelve digits. Needed so that the provider can conclude the contract with the right person.";
        order_email: "E-post", "E-mail";
        order_phone: "Telefon", "Telephone";
        order_date: "Önskat datum", "Requested date";
        order_date_hint: "Lämna tomt för så snart som möjligt.", "Leave empty for as soon as possible.";
        order_information: "Så behandlas dina uppgifter", "How your data is handled";
        order_acceptance: "Det här godkänner du", "What you accept";
        order_accept: "Jag har läst och godkänner texten ovan", "I have read and accept the text above";
        order_button: "Beställ med betalningsskyldighet", "Order with obligation to pay";
        order_withdrawal: "Du har 14 dagars ångerrätt enligt distansavtalslagen.", "You have a right of withdrawal of 14 days under the Swedish Distance and Off-Premises Contracts Act.";
        order_text_changed: "Texten har ändrats sedan du öppnade sidan. Läs den nya och godkänn igen.", "The text has changed since you opened the page. Read the new one and accept again.";
        order_questions: "Frågor om beställningen", "Questions about the order";
        order_form_changed: "Frågorna har ändrats sedan du öppnade sidan. Se över svaren och beställ igen.", "The questions have changed since you opened the page. Look through your answers and order again.";
        question_choose: "Välj", "Choose";
        question_yes: "Ja", "Yes";
        question_no: "Nej", "No";
        question_if_any: "Måste besvaras om du besvarar ”{}”.", "Must be answered if you answer “{}”.";
        question_if_is: "Måste besvaras om du svarar ”{}” på ”{}”.", "Must be answered if you answer “{}” to “{}”.";
        question_missing: "Besvara ”{}”.", "Answer “{}”.";
        question_text: "{}: skriv högst {} tecken på en rad.", "{}: write at most {} characters on one line.";
        question_digits: "{}: skriv bara siffror.", "{}: write digits only.";
        question_email: "{}: skriv en e-postadress, till exempel namn@example.se.", "{}: write an e-mail address, for example name@example.se.";
        question_phone: "{}: skriv ett telefonnummer med riktnummer.", "{}: write a telephone number with its area code.";
        question_postal_code: "{}: skriv ett postnummer med fem siffror.", "{}: write a postal code of five digits.";
        question_organization_number: "{}: skriv ett organisationsnummer med tio siffror.", "{}: write an organisation number of ten digits.";
        question_choice: "{}: välj ett av svaren.", "{}: choose one of the answers.";
        question_number: "{}: skriv ett heltal.", "{}: write a whole number.";
        question_date: "{}: skriv ett datum som ÅÅÅÅ-MM-DD.", "{}: write a date as YYYY-MM-DD.";
        question_from: "Från {}.", "From {}.";
        question_to: "Till och med {}.", "Up to and including {}.";
        order_gone: "Erbjudandet finns inte längre på den här adressen.", "The offer is no longer available at this address.";

        receipt_title: "Tack, beställningen är mottagen", "Thank you, your order has been received";
        receipt_number: "Ordernummer", "Order number";
        receipt_next: "Du får ett e-postmeddelande som talar om vem som får vilka uppgifter. Leverantören hör av sig om leveransen.", "You will get an e-mail that says who receives which data. The provider will contact you about the delivery.";
        receipt_gone: "Kvittot har gått ut. Ordernumret står i ditt e-postmeddelande.", "The receipt has expired. The order number is in your e-mail.";

        receipt_follow: "Följ, avbryt eller ångra beställningen", "Follow, cancel or withdraw from the order";

        follow_title: "Din beställning", "Your order";
        follow_log: "Så har det gått", "How it has gone";
        follow_cancel_title: "Avbryt beställningen", "Cancel the order";
        follow_cancel_lead: "Leverantören har inte tagit emot beställningen ännu. Du kan avbryta den.", "The provider has not received the order yet. You can cancel it.";
        follow_cancel: "Avbryt beställningen här", "Cancel the order here";
        follow_cancel_ask: "Beställningen avbryts genast och levereras inte. Du får ett e-postmeddelande om det.", "The order is cancelled at once and not delivered. You will get an e-mail about it.";
        follow_cancel_confirm: "Bekräfta att beställningen avbryts", "Confirm that the order is cancelled";
        follow_withdraw_title: "Ångra avtalet", "Withdraw from the contract";
        follow_withdraw_until: "Du har ångerrätt till och med {}, enligt distansavtalslagen (2005:59). Du behöver inte säga varför.", "You have the right to withdraw until {}, that day included, under the Swedish Distance and Off-Premises Contracts Act (2005:59). You need not say why.";
        follow_withdraw: "Ångra avtalet här", "Withdraw from contract here";
        follow_withdraw_ask: "Avtalet upphör. Du får genast ett e-postmeddelande med dag och tid, som är ditt kvitto.", "The contract ends. You will at once get an e-mail with day and time, which is your receipt.";
        follow_withdraw_confirm: "Bekräfta att du ångrar avtalet", "Confirm withdrawal";
        follow_gone: "Länken gäller inte längre. Ta kontakt med leverantören och uppge ordernumret.", "The link is no longer valid. Contact the provider and name the order number.";

        confirm_title: "Bekräfta dina kontaktuppgifter", "Confirm your contact details";
        confirm_lead: "Någon hos {} har lagt in dina kontaktuppgifter. Inget sparas för gott förrän du säger ja.", "Somebody at {} has entered your contact details. Nothing is kept for good until you say yes.";
        confirm_yes: "Ja, bekräfta", "Yes, confirm";
        confirm_no: "Nej, radera mina uppgifter", "No, delete my details";
        confirm_done: "Tack, dina uppgifter är bekräftade.", "Thank you, your details are confirmed.";
        confirm_already: "Dina uppgifter är redan bekräftade.", "Your details are confirmed already.";
        confirm_deleted: "Dina uppgifter är raderade.", "Your details are deleted.";
        confirm_gone: "Länken gäller inte längre. Uppgifterna finns inte kvar hos oss.", "The link is no longer valid. We do not have the details any more.";

        privacy_title: "Så behandlar vi personuppgifter", "How we handle personal data";
        privacy_who: "Vem ansvarar", "Who is responsible";
        privacy_who_text: "{} är personuppgiftsansvarig för tjänsten på den här webbplatsen.", "{} is the controller for the service on this website.";
        privacy_what: "Vad vi behandlar och varför", "What we handle, and why";
        privacy_what_text: "När du söker en adress sparar vi inget om dig. När du beställer behandlar vi namn, identitetsnummer, kontaktuppgifter, adress och dina svar på nätets och leverantörens frågor för att förmedla beställningen till den leverantör som du har valt. Grunden är avtalet som du vill ingå.", "When you search for an address we keep nothing about you. When you order, we handle your name, identity number, contact details, address and your answers to the questions of the network and the provider in order to pass the order on to the provider that you have chosen. The basis is the contract that you want to conclude.";
        privacy_recipients: "Vem som får uppgifterna", "Who receives the data";
        privacy_recipients_text: "Leverantören som du beställer av, och nätägaren för leveransen. Varje utlämnande antecknas, och du kan få veta vilka de är.", "The provider that you order from, and the network owner for the delivery. Every disclosure is recorded, and you can ask who they were.";
        privacy_how_long: "Hur länge", "How long";
        privacy_how_long_text: "Beställningen sparas så länge som avtal och rättsliga anspråk kräver det, och raderas sedan. Säkerhetskopior raderas inom tre månader.", "The order is kept for as long as the contract and legal claims require, and then erased. Backups expire within three months.";
        privacy_rights: "Dina rättigheter", "Your rights";
        privacy_rights_text: "Du kan begära att få se, rätta, radera, begränsa eller flytta dina uppgifter och invända mot hur de används. Vänd dig till nätägaren. Är du missnöjd kan du klaga hos Integritetsskyddsmyndigheten, imy.se.", "You can ask to see, correct, erase, restrict or move your data, and object to how it is used. Turn to the network owner. If you are not satisfied you can complain to the Swedish Authority for Privacy Protection, imy.se.";
        privacy_cookies: "Kakor", "Cookies";
        privacy_cookies_text: "De öppna sidorna sätter inga kakor. Personal som loggar in får en kaka som håller inloggningen och försvinner när de loggar ut.", "The public pages set no cookies. Staff who sign in get one cookie that keeps them signed in and goes away when they sign out.";

        not_found_title: "Sidan finns inte", "There is no such page";
        not_found_text: "Adressen är fel eller sidan borttagen.", "The address is wrong, or the page has been removed.";
        forbidden_title: "Du får inte se den här sidan", "You may not see this page";
        forbidden_text: "Din roll ger inte åtkomst. Be en administratör om du behöver den.", "Your role gives no access. Ask an administrator if you need it.";
        internal_title: "Något gick fel", "Something went wrong";
        internal_text: "Felet är antecknat hos oss. Försök igen om en stund. Ange det här numret om du hör av dig:", "We have recorded the error. Try again in a moment. Quote this number if you contact us:";
        away_title: "Tillfälligt otillgängligt", "Temporarily unavailable";
        away_text: "Den här delen svarar inte just nu: {}. Övriga delar fungerar. Försök igen om en stund.", "This part does not answer at the moment: {}. The other parts work. Try again in a moment.";
        too_many_title: "För många försök", "Too many attempts";
        too_many_text: "Vänta en stund och försök igen.", "Wait a moment and try again.";
        bad_request_title: "Det gick inte att läsa det du skickade", "What you sent could not be read";
        bad_request_text: "Gå tillbaka, ladda om sidan och försök igen.", "Go back, reload the page and try again.";
        conflict_title: "Det går inte i det här läget", "This cannot be done in the present state";
        conflict_text: "Någon annan kan ha ändrat det under tiden. Ladda om sidan och se hur det står till.", "Somebody else may have changed it meanwhile. Reload the page to see how things are.";
        too_large_title: "Filen är för stor", "The file is too large";
        too_large_text: "Dela upp den och skicka delarna var för sig.", "Split it and send the pieces one by one.";
        part_registry: "adressregistret", "the address registry";
        part_orders: "beställningar", "orders";
        part_crm: "kontaktregistret", "the contact register";
        part_rights: "dataskyddsärenden", "data-subject requests";
        part_gateway: "inloggningen", "sign-in";
    }
}
