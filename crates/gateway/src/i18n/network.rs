//! What staff read about their own network.

super::texts! {
    /// The network's own page.
    Network {
        title: "Nätet", "The network";
        lead: "Vad besökare och kunder möter. Koden kan inte ändras.", "What visitors and customers meet. The code cannot be changed.";
        code: "Kod", "Code";
        name: "Namn", "Name";
        language: "Språk för besökare som inte har valt", "Language for visitors who have not chosen";
        host: "Värdnamn", "Host name";
        host_hint: "Till exempel fiber.example.se. Tomt: nätets kod som första del av installationens värdnamn, eller installationens enda nät.", "For example fiber.example.se. Empty: the network's code as the first part of the installation's host name, or the installation's only network.";
        error_host: "Skriv ett värdnamn: bokstäver, siffror, bindestreck och punkter.", "Write a host name: letters, digits, hyphens and points.";
        host_taken: "Ett annat nät har det värdnamnet.", "Another network has that host name.";
    }
}
