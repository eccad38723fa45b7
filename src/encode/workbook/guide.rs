//! The sheet that says how to fill the table: what it is for, the rules, every column.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use crate::model::template::{Lang, Need, READ_ME, Template};

/// The rules, in the order in which one meets them.
const RULES: [[&str; 2]; 7] = [
    [
        "Une ligne par objet, dans la première feuille, sous les en-têtes. N'ajoutez pas de ligne au-dessus des en-têtes.",
        "One row for each object, in the first sheet, below the headings. Add no row above the headings.",
    ],
    [
        "Deux choses sont obligatoires : le propriétaire, et de quoi situer l'objet (parcelles, ou longitude et latitude, ou identifiant dans une couche). Ce qui manque se colore.",
        "Two things are compulsory: the owner, and something that places the object (parcels, or longitude and latitude, or an identifier in a layer). What is missing is coloured.",
    ],
    [
        "La ligne d'exemple est fictive. Elle n'est pas chargée ; vous pouvez l'effacer.",
        "The example row is fictional. It is not loaded; you may erase it.",
    ],
    [
        "Les listes déroulantes donnent les valeurs attendues. Les nombres se tapent sans unité : elle est dans l'en-tête.",
        "Drop-down lists give the values that are expected. Numbers are typed without their unit: that is in the heading.",
    ],
    [
        "Vous pouvez ajouter des colonnes à droite : elles sont servies telles quelles. Ne renommez pas celles du modèle.",
        "You may add columns on the right: they are served as they are. Do not rename those of the template.",
    ],
    [
        "Aucune donnée personnelle : ni nom de locataire, ni adresse de courriel, ni téléphone.",
        "No personal data: no tenant's name, no e-mail address, no telephone number.",
    ],
    [
        "Enregistrez au format XLSX et servez le fichier tel quel : terril serve votre-fichier.xlsx",
        "Save as XLSX and serve the file as it is: terril serve your-file.xlsx",
    ],
];

/// Headings of the list of columns.
const HEADINGS: [[&str; 2]; 4] = [
    ["Colonne", "Column"],
    ["Obligatoire", "Compulsory"],
    ["Ce qu'il faut écrire", "What to write"],
    ["Valeurs de la liste", "Values of the list"],
];

/// Writes it.
pub(super) fn write(sheet: &mut Worksheet, template: &Template, lang: Lang) -> Result<(), XlsxError> {
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let bold = Format::new().set_bold();
    let title = Format::new().set_bold().set_font_size(14);
    sheet.set_name(lang.pick(&READ_ME))?;
    for (at, width) in [(0, 32.0), (1, 16.0), (2, 76.0), (3, 52.0)] {
        sheet.set_column_width(at, width)?;
    }
    sheet.write_with_format(0, 0, lang.pick(&template.title), &title)?;
    sheet.write(1, 0, lang.pick(&template.purpose))?;
    let mut row = 3;
    for rule in &RULES {
        sheet.write(row, 0, format!("• {}", lang.pick(rule)))?;
        row += 1;
    }
    row += 1;
    for (at, heading) in (0..).zip(&HEADINGS) {
        sheet.write_with_format(row, at, lang.pick(heading), &bold)?;
    }
    for column in template.columns {
        row += 1;
        sheet.write_with_format(row, 0, column.heading(lang), &wrapped)?;
        sheet.write_with_format(row, 1, lang.pick(&need(column.need)), &wrapped)?;
        sheet.write_with_format(row, 2, lang.pick(&column.help), &wrapped)?;
        let labels: Vec<&str> = column.codes().iter().map(|c| column.label_of(c, lang)).collect();
        sheet.write_with_format(row, 3, labels.join(" · "), &wrapped)?;
    }
    Ok(())
}

fn need(need: Need) -> [&'static str; 2] {
    match need {
        Need::Owner => ["oui", "yes"],
        Need::Place => ["un lieu au choix", "a place, of any kind"],
        Need::Coordinate => ["un lieu au choix (les deux)", "a place, of any kind (both)"],
        Need::No => ["non", "no"],
    }
}
