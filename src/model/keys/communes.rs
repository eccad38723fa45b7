//! Communes by name, always resolved to their INSEE code.
//!
//! In: the communes of a territory and a name as somebody wrote it. Out: the code, several, or none. Case,
//! accents, hyphens and apostrophes don't count, nor how "Saint", "sur" and articles are written.

use rustc_hash::FxHashMap;

use super::insee::department_of;
use crate::model::text::fold;

/// Names less alike than this are no candidates (1: the same).
const ALIKE: f64 = 0.6;

/// The communes of a territory, by name.
#[derive(Debug, Clone, Default)]
pub struct Communes {
    /// Code, name, folded name.
    rows: Vec<(String, String, String)>,
    by_name: FxHashMap<String, Vec<usize>>,
    /// Without their article.
    by_bare_name: FxHashMap<String, Vec<usize>>,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// The code of the one commune of that name.
    One(&'a str),
    /// The codes of those that bear it; a département would tell them apart.
    Several(Vec<&'a str>),
    /// No commune has it.
    None,
}

impl Communes {
    /// Communes by their INSEE codes and names; a pair that stands twice counts once.
    #[must_use]
    pub fn new(rows: impl Iterator<Item = (String, String)>) -> Self {
        let mut communes = Self::default();
        for (code, name) in rows {
            let folded = folded(&name);
            let at = communes.rows.len();
            let same = communes.by_name.entry(folded.clone()).or_default();
            if same.iter().any(|i| communes.rows[*i].0 == code) {
                continue;
            }
            same.push(at);
            communes
                .by_bare_name
                .entry(bare(&folded).to_owned())
                .or_default()
                .push(at);
            communes.rows.push((code, name, folded));
        }
        communes
    }

    /// The commune of a name. With a département only those in it count.
    ///
    /// ```
    /// use terril::model::keys::{Communes, Found};
    /// let rows = [("62617", "Nœux-les-Mines"), ("62498", "Lens")];
    /// let communes = Communes::new(rows.map(|(c, n)| (c.to_owned(), n.to_owned())).into_iter());
    /// assert_eq!(communes.resolve("NOEUX LES MINES", None), Found::One("62617"));
    /// assert_eq!(communes.resolve("Lens", Some("76")), Found::None);
    /// ```
    #[must_use]
    pub fn resolve(&self, name: &str, department: Option<&str>) -> Found<'_> {
        let name = folded(name);
        let wanted = department.map(|d| super::department(d).map_or_else(|| d.trim().to_owned(), |m| m.value));
        let codes = |found: Option<&Vec<usize>>| -> Vec<&str> {
            let rows = found.into_iter().flatten().map(|i| self.rows[*i].0.as_str());
            rows.filter(|code| wanted.as_deref().is_none_or(|d| department_of(code) == d))
                .collect()
        };
        let mut found = codes(self.by_name.get(&name));
        if found.is_empty() {
            found = codes(self.by_bare_name.get(bare(&name)));
        }
        // Paris 13, Lyon 3: the commune, where the territory has no arrondissements.
        if found.is_empty()
            && let Some((city, number)) = name.rsplit_once(' ')
            && matches!(city, "paris" | "lyon" | "marseille")
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            found = codes(self.by_name.get(city));
        }
        match found.as_slice() {
            [] => Found::None,
            [one] => Found::One(one),
            _ => Found::Several(found),
        }
    }

    /// The names of the communes that are most alike, the nearest first, at most `n`; equally near ones in
    /// the order of their codes.
    #[must_use]
    pub fn nearest(&self, name: &str, n: usize) -> Vec<&str> {
        let name = folded(name);
        let alike = |row: &(String, String, String)| strsim::normalized_damerau_levenshtein(&row.2, &name);
        let mut found: Vec<(f64, &(String, String, String))> = self.rows.iter().map(|r| (alike(r), r)).collect();
        found.retain(|(likeness, _)| *likeness >= ALIKE);
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.0.cmp(&b.1.0)));
        found.into_iter().take(n).map(|(_, row)| row.1.as_str()).collect()
    }

    /// The name of a commune by its code.
    #[must_use]
    pub fn name(&self, code: &str) -> Option<&str> {
        self.rows.iter().find(|r| r.0 == code).map(|r| r.1.as_str())
    }
}

/// A name as it is compared.
fn folded(name: &str) -> String {
    let signs: String = name
        .chars()
        .map(|c| if matches!(c, '.' | '`' | '´' | '*') { ' ' } else { c })
        .collect();
    let mut name = fold(&signs);
    // "Mines (Les)", "Mines, Les": the article goes to the front.
    let article = |end: &str| matches!(end, "le" | "la" | "les" | "l").then(|| end.to_owned());
    if let Some((rest, end)) = name.trim_end_matches(')').rsplit_once(['(', ','])
        && let Some(article) = article(end.trim())
    {
        name = format!("{article} {}", rest.trim());
    }
    let name = name
        .replace("s/", " sur ")
        .replace("/", " sur ")
        .replace(['(', ')', ','], " ");
    let mut words: Vec<&str> = vec![];
    for word in name.split_whitespace() {
        match word {
            "cedex" => break,
            "st" => words.push("saint"),
            "ste" => words.push("sainte"),
            "sts" => words.push("saints"),
            "stes" => words.push("saintes"),
            "s" if !words.is_empty() => words.push("sur"),
            "ss" if !words.is_empty() => words.push("sous"),
            "les" | "lez" if !words.is_empty() => words.push("les"),
            "sur" if words.last() == Some(&"sur") => {}
            word => words.push(word),
        }
    }
    words.retain(|w| !(w.len() == 5 && w.bytes().all(|b| b.is_ascii_digit())));
    without_arrondissement(&mut words);
    words.join(" ")
}

/// `paris 13e arrondissement` → `paris 13`.
fn without_arrondissement(words: &mut Vec<&str>) {
    if !matches!(words.first(), Some(&"paris" | &"lyon" | &"marseille")) {
        return;
    }
    if words.last().is_some_and(|w| w.starts_with("arr") || *w == "ardt") {
        words.pop();
    }
    if let [_, number] = words.as_mut_slice() {
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        if matches!(&number[digits..], "" | "e" | "er" | "eme") {
            *number = number[..digits].trim_start_matches('0');
        }
    }
}

/// A folded name without its article.
fn bare(name: &str) -> &str {
    let article = ["le ", "la ", "les ", "l "]
        .into_iter()
        .find_map(|a| name.strip_prefix(a));
    article.unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Communes {
        let rows = [
            ("62617", "Nœux-les-Mines"),
            ("62498", "Lens"),
            ("62628", "Noyelles-sous-Lens"),
            ("62764", "Saint-Laurent-Blangy"),
            ("62826", "Le Touquet-Paris-Plage"),
            ("62349", "Fouquières-lez-Béthune"),
            ("62413", "Haisnes"),
            ("59616", "Vieux-Condé"),
            ("59112", "Bruay-sur-l'Escaut"),
            ("62413", "Haisnes"),
            ("2A004", "Ajaccio"),
            ("75113", "Paris 13e Arrondissement"),
            ("69123", "Lyon"),
            ("62770", "Sainte-Marie-Kerque"),
            ("08001", "Saint-Martin"),
            ("62001", "Saint-Martin"),
        ];
        Communes::new(rows.map(|(c, n)| (c.to_owned(), n.to_owned())).into_iter())
    }

    #[test]
    fn names_are_resolved_in_any_spelling() {
        let communes = some();
        let check = |name, code| assert_eq!(communes.resolve(name, None), Found::One(code), "{name}");
        for name in [
            "Nœux-les-Mines",
            "NOEUX LES MINES",
            "noeux-les-mines",
            "Noeux lez Mines",
            "62290 Nœux-les-Mines",
        ] {
            check(name, "62617");
        }
        check("Lens Cedex 04", "62498");
        check("LENS CEDEX", "62498");
        check("Noyelles-ss-Lens", "62628");
        check("St Laurent Blangy", "62764");
        check("ST-LAURENT-BLANGY", "62764");
        check("St. Laurent-Blangy", "62764");
        check("Ste-Marie-Kerque", "62770");
        check("Touquet-Paris-Plage (Le)", "62826");
        check("Touquet Paris Plage", "62826");
        check("Fouquières-les-Béthune", "62349");
        check("Bruay s/ l’Escaut", "59112");
        check("Bruay-s/-l'Escaut", "59112");
        check("Paris 13", "75113");
        check("PARIS 13EME ARRONDISSEMENT", "75113");
        check("Lyon 03", "69123");
        check("Haisnes", "62413");
    }

    #[test]
    fn the_department_tells_communes_apart() {
        let communes = some();
        assert_eq!(
            communes.resolve("St-Martin", None),
            Found::Several(vec!["08001", "62001"])
        );
        assert_eq!(communes.resolve("St-Martin", Some("62")), Found::One("62001"));
        assert_eq!(communes.resolve("St-Martin", Some("8")), Found::One("08001"));
        assert_eq!(communes.resolve("Ajaccio", Some("2a")), Found::One("2A004"));
        assert_eq!(communes.resolve("Lens", Some("59")), Found::None);
        assert_eq!(communes.resolve("", None), Found::None);
    }

    #[test]
    fn the_nearest_are_offered() {
        let communes = some();
        assert_eq!(communes.nearest("Noeu-les-Mine", 1), ["Nœux-les-Mines"]);
        assert_eq!(communes.nearest("Marseille", 3), Vec::<&str>::new());
        assert_eq!(communes.name("62498"), Some("Lens"));
    }
}
