//! A report as a page that stands alone: no script, no address elsewhere, to be sent by mail.

use maud::{DOCTYPE, Markup, html};

use super::Entry;
use crate::load::report::Fault;
use crate::model::role::{Label, Language};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1d2321}\
    table{border-collapse:collapse;margin:1rem 0;width:100%}th,td{border:1px solid #c9c4b8;padding:.3rem .6rem;\
    text-align:left;vertical-align:top}th{background:#f4f1ea}td.n{text-align:right;font-variant-numeric:tabular-nums}\
    .refused{border-left:.3rem solid #a4262c;padding-left:.8rem}";

/// The page of several layers, and of sources that could not be read.
#[must_use]
pub fn page(entries: &[Entry<'_>], refused: &[String], language: Language) -> String {
    let word = |fr: &str, en: &str| match language {
        Language::French => fr.to_owned(),
        Language::English => en.to_owned(),
    };
    let title = word("Rapport de chargement", "Load report");
    let code = word("fr", "en");
    html! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – Terril" }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                @for reason in refused { p.refused { (word("Refusé : ", "Refused: ")) (reason) } }
                @for entry in entries { (layer(entry, language)) }
            }
        }
    }
    .into_string()
}

fn layer(entry: &Entry<'_>, language: Language) -> Markup {
    let report = entry.report;
    let text = |label: &Label| label.in_language(language).to_owned();
    let word = |fr: &'static str, en: &'static str| match language {
        Language::French => fr,
        Language::English => en,
    };
    let source = report
        .source
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    html! {
        h2 { (entry.layer) }
        p {
            (source) " · " (report.format) " · " (report.crs.label()) " · "
            (report.features) " " (word("entités", "features")) ", "
            (report.null_geometries) " " (word("sans géométrie", "without a geometry")) ", "
            (report.repaired) " " (word("réparées", "repaired"))
        }
        @if report.counts.is_empty() { p { (word("Aucune anomalie.", "No fault.")) } } @else {
            table {
                tr { th { (word("Anomalie", "Fault")) } th { (word("Nombre", "Count")) } th { (word("Ce que c’est", "What it is")) } th { (word("Que faire", "What to do")) } }
                @for (kind, count) in &report.counts {
                    @let words = kind.words();
                    tr { th scope="row" { (text(&words.label)) } td.n { (count) } td { (text(&words.meaning)) } td { (text(&words.remedy)) } }
                }
            }
        }
        @if !entry.faults.is_empty() {
            table {
                tr { th { (word("Ligne", "Row")) } th { (word("Entité", "Feature")) } th { (word("Message", "Message")) } th { (word("Aire avant → après (m²)", "Area before → after (m²)")) } }
                @for fault in entry.faults { (row(fault, language)) }
            }
        }
    }
}

fn row(fault: &Fault, language: Language) -> Markup {
    let area = |area: Option<f64>| area.map(|a| format!("{a:.2}")).unwrap_or_default();
    html! {
        tr {
            td.n { @if let Some(row) = fault.row { (row + 1) } }
            td { @if let Some(id) = &fault.feature { (id.to_string()) } }
            td { (match language { Language::French => &fault.message_fr, Language::English => &fault.message }) }
            td.n { @if fault.area_before_m2.is_some() { (area(fault.area_before_m2)) " → " (area(fault.area_after_m2)) } @else { (area(fault.area_m2)) } }
        }
    }
}
