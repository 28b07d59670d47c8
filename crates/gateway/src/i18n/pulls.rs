//! How fetching an address file goes.

use api::registry::Pull;

use super::{Texts, fill};

super::texts! {
    /// The part of the page with imports that is about the nightly file.
    Pulls {
        title: "Hämtas varje natt", "Fetched every night";
        never: "Ingen fil har hämtats än.", "No file has been fetched yet.";
        running: "Filen hämtas just nu. Ladda om sidan om en stund.", "The file is being fetched now. Load the page again in a while.";
        imported: "Hämtad och inläst", "Fetched and imported";
        unchanged: "Oförändrad sedan förra gången", "Unchanged since the last time";
        failed: "Misslyckades", "Failed";
        last: "Senaste försöket", "Last attempt";
        succeeded: "Lyckades senast", "Succeeded last";
        next_attempt: "Nytt försök", "Next attempt";
        planned: "Nästa gång", "Next time";
        report: "Importrapport", "Import report";
        now: "Hämta nu", "Fetch now";
        again: "Läs in filen även om den är oförändrad", "Import the file even if it is unchanged";
        alarm_failed: "Nattens försök har misslyckats.", "The attempts of the night have failed.";
        alarm_late: "Det har gått längre än väntat sedan en fil hämtades.", "It is longer than expected since a file was fetched.";
        unreachable: "Det andra systemet svarar inte, eller dess certifikat går inte att lita på.", "The other system does not answer, or its certificate is not trusted.";
        timed_out: "Det tog för lång tid.", "It took too long.";
        credential_refused: "Det andra systemet godtar inte inloggningen (svar {}).", "The other system refuses the credential (answer {}).";
        status: "Det andra systemet svarade {}.", "The other system answered {}.";
        redirected: "Det andra systemet hänvisar till en annan plats.", "The other system redirects to elsewhere.";
        cut_short: "Filen kom inte hel. Inget av den har använts.", "The file did not come whole. Nothing of it was used.";
        length_unknown: "Svaret säger inte hur lång filen är, så det går inte att veta om den är hel.", "The answer does not say how long the file is, so that nobody can tell whether it is whole.";
        compressed: "Filen kom komprimerad, vilket inte var begärt.", "The file came compressed, which was not asked for.";
        not_an_address_file: "Det som kom är ingen adressfil utan en webbsida, eller tomt.", "What came is no address file but a web page, or empty.";
        too_large: "Filen är större än vad som är tillåtet.", "The file is larger than is allowed.";
        refused: "Hela filen avvisades. Rapporten säger varför.", "The whole file was refused. The report says why.";
        internal: "Registret kunde inte ta in filen. Driftloggen säger mer.", "The registry could not take the file in. The log says more.";
    }
}

/// Why the last attempt failed; empty when it did not.
pub fn failure(pull: &Pull, t: &Texts) -> String {
    let p = &t.pulls;
    let text = match pull.failure.as_str() {
        "" => return String::new(),
        "unreachable" => p.unreachable,
        "timed_out" => p.timed_out,
        "credential_refused" => p.credential_refused,
        "status" => p.status,
        "redirected" => p.redirected,
        "cut_short" => p.cut_short,
        "length_unknown" => p.length_unknown,
        "compressed" => p.compressed,
        "not_an_address_file" => p.not_an_address_file,
        "too_large" => p.too_large,
        "refused" => p.refused,
        _ => p.internal,
    };
    fill(text, pull.http_status.unwrap_or_default())
}
