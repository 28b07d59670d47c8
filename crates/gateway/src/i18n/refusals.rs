//! Why an address file was refused as a whole.

use api::registry::{ImportReport, RefusalReason as Reason};

use super::{Texts, fill};

super::texts! {
    /// One sentence for each reason; `{}` stands for the reason's arguments, in their order.
    Refusals {
        file_empty: "Filen är tom.", "The file is empty.";
        file_utf16: "Filen är UTF-16. Exportera den som utf-8.", "The file is UTF-16. Export it as utf-8.";
        file_not_text: "Filen är ingen text: den innehåller NUL-byte. Är den UTF-16, exportera den som utf-8.", "The file is not text: it holds NUL bytes. If it is UTF-16, export it as utf-8.";
        file_not_json: "Filen är inte JSON. En lista av uttag börjar med [.", "The file is not JSON. An array of accesses begins with [.";
        file_line_ends: "Raderna slutar med enbart vagnretur (CR). Exportera filen med radmatningar (LF).", "The lines end with a carriage return alone. Export the file with line feeds.";
        header_missing: "Filen saknar rubrikrad. Den första raden måste namnge kolumner, åtskilda av tabb, komma, semikolon eller kolon.", "No header was found. The first line must name columns, separated by tab, comma, semicolon or colon.";
        columns_too_many: "En fil har högst {} kolumner. Den här har {}.", "A file has at most {} columns. This one has {}.";
        column_twice: "Kolumn {} finns två gånger i rubrikraden.", "Column {} occurs twice in the header.";
        columns_missing: "Rubrikraden saknar de obligatoriska kolumnerna {} (läst som {}).", "The header lacks the mandatory columns {} (read as {}).";
        charset_other: "Rad {} är inte {}. Filen är troligen {}. Exportera den som utf-8, eller ange teckenuppsättningen.", "Line {} is not {}. The file is likely {}. Export it as utf-8, or state its character set.";
        charset_is_utf8: "Läst som {} skulle bokstäver bli skadade från rad {} (”Ã¥” i stället för ”å”). Filen är troligen utf-8.", "Read as {}, letters would be damaged from line {} (“Ã¥” for “å”). The file is likely utf-8.";
        charset_mixed: "Läst som {} skulle bokstäver bli skadade från rad {} (”Ã¥” i stället för ”å”). Filen är troligen utf-8 med några byte av en annan teckenuppsättning.", "Read as {}, letters would be damaged from line {} (“Ã¥” for “å”). The file is likely utf-8 with some bytes of another character set.";
        letters_foreign: "Rad {} är inte {}: bokstäverna är de i {}. Exportera filen som utf-8, eller ange teckenuppsättningen.", "Line {} is not {}: its letters are {}'s. Export the file as utf-8, or state its character set.";
        letters_encoded_twice: "Bokstäver är skadade från rad {} (”Ã¥”, ”√•” eller ”├Ñ” i stället för ”å”): filen var utf-8, lästes som {} och sparades om. Exportera den på nytt som utf-8.", "Letters are damaged from line {} (“Ã¥”, “√•” or “├Ñ” for “å”): the file was utf-8, was read as {} and saved again. Export it anew as utf-8.";
        letters_replaced: "Bokstäver har gått förlorade från rad {} (ersättningstecknet U+FFFD): filen var troligen windows-1252 eller iso-8859-1 och lästes som utf-8. Exportera den på nytt.", "Letters are lost from line {} (replacement character U+FFFD): the file was likely windows-1252 or iso-8859-1 and was read as utf-8. Export it anew.";
        rejected_too_many: "Fler än {} rader avvisades. Hela filen måste rättas.", "More than {} rows are rejected. The file as a whole must be mended.";
        ending_too_many: "Filen skulle avsluta {} av {} uttag, mer än {} %. Bekräfta antalet om det stämmer.", "The file would end {} of {} accesses, more than {} %. Confirm the number if that is right.";
    }
}

/// The refusal in the page's language; nothing when the registry says it in English only.
pub fn refusal(report: &ImportReport, t: &Texts) -> Option<String> {
    let text = sentence(report.refusal_reason(), &t.refusals)?;
    let filled = |text: String, argument: &String| fill(&text, argument);
    let arguments = report.refusal_arguments.iter();
    Some(arguments.fold(text.to_owned(), filled))
}

fn sentence(reason: Reason, r: &Refusals) -> Option<&'static str> {
    Some(match reason {
        Reason::Unspecified => return None,
        Reason::FileEmpty => r.file_empty,
        Reason::FileUtf16 => r.file_utf16,
        Reason::FileNotText => r.file_not_text,
        Reason::FileNotJson => r.file_not_json,
        Reason::FileLineEnds => r.file_line_ends,
        Reason::HeaderMissing => r.header_missing,
        Reason::ColumnsTooMany => r.columns_too_many,
        Reason::ColumnTwice => r.column_twice,
        Reason::ColumnsMissing => r.columns_missing,
        Reason::CharsetOther => r.charset_other,
        Reason::CharsetIsUtf8 => r.charset_is_utf8,
        Reason::CharsetMixed => r.charset_mixed,
        Reason::LettersForeign => r.letters_foreign,
        Reason::LettersEncodedTwice => r.letters_encoded_twice,
        Reason::LettersReplaced => r.letters_replaced,
        Reason::RejectedTooMany => r.rejected_too_many,
        Reason::EndingTooMany => r.ending_too_many,
    })
}

#[cfg(test)]
mod tests {
    use super::{ImportReport, Reason, refusal};
    use crate::i18n::Lang;

    #[test]
    fn a_refusal_is_said_in_the_readers_language_with_its_figures() {
        let report = ImportReport {
            refusal_reason: Reason::EndingTooMany.into(),
            refusal_arguments: ["9", "10", "20"].map(str::to_owned).to_vec(),
            refusal: "in English".to_owned(),
            ..ImportReport::default()
        };
        let said = refusal(&report, Lang::Sv.texts()).unwrap();
        assert!(
            said.starts_with("Filen skulle avsluta 9 av 10 uttag, mer än 20 %."),
            "{said}"
        );
        let older = ImportReport {
            refusal_reason: 0,
            ..report
        };
        assert_eq!(refusal(&older, Lang::Sv.texts()), None);
    }
}
