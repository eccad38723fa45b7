//! One value of a feature, as people read it.

use maud::{Markup, html};
use serde_json::Value;

use super::format;
use super::labels;
use super::lang::Lang;
use super::words::Word;

/// A field of a collection, as its document describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    /// The source's name.
    pub(super) name: &'a str,
    /// The collection's word for its type: `text`, `int`, `date`…
    pub(super) kind: &'a str,
    /// What it is to the collection's role: `area`, `owner`…
    pub(super) role: Option<&'a str>,
    /// Whether that was guessed from its name.
    pub(super) guessed: bool,
    /// The unit that its name says.
    pub(super) unit: Option<&'a str>,
    /// The collection's own role: some words are narrower there.
    pub(super) within: Option<&'a str>,
}

/// The fields of a collection, in its order.
pub(super) fn fields(collection: &Value) -> Vec<Field<'_>> {
    let listed = collection["fields"].as_array().map_or(&[][..], Vec::as_slice);
    listed
        .iter()
        .filter_map(|field| {
            let name = field["name"].as_str()?;
            let kind = field["type"].as_str().unwrap_or("text");
            let role = role_of(collection, name);
            let guesses = collection["roleFieldsGuessed"].as_array();
            Some(Field {
                name,
                kind,
                role,
                guessed: guesses.is_some_and(|all| all.iter().any(|one| one.as_str() == role)),
                unit: role.and_then(|role| collection["roleUnits"][role].as_str()),
                within: collection["role"].as_str(),
            })
        })
        .collect()
}

/// A field that a feature carries, known to its collection or not.
pub(super) fn field<'a>(collection: &'a Value, name: &'a str) -> Field<'a> {
    let known = fields(collection).into_iter().find(|field| field.name == name);
    known.unwrap_or(Field {
        name,
        kind: "json",
        role: None,
        guessed: false,
        unit: None,
        within: collection["role"].as_str(),
    })
}

fn role_of<'a>(collection: &'a Value, name: &str) -> Option<&'a str> {
    let roles = collection["roleFields"].as_object()?;
    let found = roles.iter().find(|(_, field)| field.as_str() == Some(name));
    found.map(|(role, _)| role.as_str())
}

impl Field<'_> {
    /// What the field is called: as on the map, else by what it is to the collection's role.
    pub(super) fn meaning(&self, lang: Lang) -> Option<&'static str> {
        labels::of_field(self.name, self.within, lang).or_else(|| self.role_word().map(|word| word.text(lang)))
    }

    fn role_word(&self) -> Option<Word> {
        Some(match self.role? {
            "area" => Word::RoleArea,
            "name" => Word::RoleName,
            "owner" => Word::RoleOwner,
            "status" => Word::RoleStatus,
            "type" => Word::RoleType,
            "code" => Word::RoleCode,
            "dwellings" => Word::RoleDwellings,
            "start" => Word::RoleStart,
            "end" => Word::RoleEnd,
            "time" => Word::RoleTime,
            "period" => Word::RolePeriod,
            "parcels" => Word::RoleParcels,
            "commune" => Word::RoleCommune,
            "commune_name" => Word::RoleCommuneName,
            "department" => Word::RoleDepartment,
            "prefix" => Word::RolePrefix,
            "section" => Word::RoleSection,
            "number" => Word::RoleNumber,
            "siren" => Word::RoleSiren,
            "object" => Word::RoleObject,
            "reference" => Word::RoleReference,
            "cost" => Word::RoleCost,
            "place_layer" => Word::RolePlaceLayer,
            "place_id" => Word::RolePlaceId,
            "estate_name" => Word::RoleEstateName,
            "lon" => Word::RoleLon,
            "lat" => Word::RoleLat,
            "x" => Word::RoleX,
            "y" => Word::RoleY,
            "crs" => Word::RoleCrs,
            "comment" => Word::RoleComment,
            "address" => Word::RoleAddress,
            "zone" => Word::RoleZone,
            _ => return None,
        })
    }

    /// A value without a field: of a schema, of any document.
    pub(super) const ANY: Self = Self {
        name: "",
        kind: "json",
        role: None,
        guessed: false,
        unit: None,
        within: None,
    };

    /// The type of its values, in words.
    pub(super) fn type_word(&self) -> Word {
        match self.kind {
            "bool" => Word::TypeBool,
            "int" => Word::TypeInt,
            "float" => Word::TypeFloat,
            "date" => Word::TypeDate,
            "datetime" => Word::TypeDateTime,
            "json" => Word::TypeJson,
            _ => Word::TypeText,
        }
    }

    /// Whether its values stand one above the other by their last digit.
    pub(super) fn is_numeric(&self) -> bool {
        matches!(self.kind, "int" | "float")
    }

    /// Whether it can be asked for one value, and sorted by.
    pub(super) fn is_scalar(&self) -> bool {
        self.kind != "json"
    }

    /// How its numbers are measured: by the role, or by the name alone, for sources seldom say it elsewhere.
    fn measure(&self) -> Option<Measure> {
        let name = self.name.to_lowercase();
        // A column that was only taken for an area may be in any unit, unless its name says which.
        let said = self.unit.filter(|_| self.role == Some("area"));
        let area = self.role == Some("area") && !self.guessed;
        if name.ends_with("_ha") || said == Some("ha") {
            Some(Measure::Area(10_000.0))
        } else if name.ends_with("_km2") || said == Some("km²") {
            Some(Measure::Area(1_000_000.0))
        } else if area || said == Some("m²") || matches!(name.as_str(), "area" | "contenance") || name.ends_with("_m2")
        {
            Some(Measure::Area(1.0))
        } else if name == "length" || name.ends_with("_m") {
            Some(Measure::Length)
        } else {
            None
        }
    }

    /// Whether its numbers name something (years, codes), so that they are not grouped.
    fn names_something(&self) -> bool {
        let name = self.name.to_lowercase();
        let whole = ["annee", "millesime", "insee", "numero", "section", "year", "id"];
        let starts = ["id_", "code", "debut_", "fin_", "annee_", "year_"];
        let ends = ["_id", "_code", "siren", "_debut", "_fin", "_annee", "_year"];
        matches!(self.role, Some("code" | "start" | "end" | "time"))
            || whole.contains(&name.as_str())
            || starts.iter().any(|s| name.starts_with(s))
            || ends.iter().any(|s| name.ends_with(s))
    }

    /// A value in words; `None` where there is none.
    pub(super) fn text(&self, value: &Value, lang: Lang) -> Option<String> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(yes) => (if *yes { Word::Yes } else { Word::No }).text(lang).to_owned(),
            Value::Number(number) => match (self.measure(), number.as_f64()) {
                (Some(Measure::Area(factor)), Some(x)) => format::area(x * factor, lang),
                (Some(Measure::Length), Some(x)) => format::length(x, lang),
                _ if self.names_something() => format::plain(number),
                _ => format::number(number, lang),
            },
            Value::String(text) => {
                let dated =
                    matches!(self.kind, "date" | "datetime") || matches!(self.role, Some("start" | "end" | "time"));
                dated
                    .then(|| format::date(text, lang))
                    .flatten()
                    .unwrap_or_else(|| text.clone())
            }
            Value::Array(values) if values.iter().all(|v| !v.is_array() && !v.is_object()) => {
                let texts: Vec<String> = values.iter().filter_map(|v| self.text(v, lang)).collect();
                texts.join(", ")
            }
            Value::Array(_) | Value::Object(_) => value.to_string(),
        })
    }

    /// A value on a page: text, an address to follow, a dash for nothing.
    pub(super) fn show(&self, value: &Value, lang: Lang) -> Markup {
        let text = self.text(value, lang).filter(|text| !text.is_empty());
        html! {
            @match (text, value) {
                (Some(text), Value::String(code)) if labels::of_value(self.name, code, lang).is_some() => {
                    (labels::of_value(self.name, code, lang).unwrap_or_default()) " " code { (text) }
                },
                (None, _) => span.none title=(Word::NotGiven.text(lang)) { (Word::None.text(lang)) },
                (Some(text), Value::String(raw)) if is_address(raw) => a rel="nofollow noopener" href=(raw) { (text) },
                (Some(text), Value::String(raw)) if *raw != text => time datetime=(raw) { (text) },
                (Some(text), Value::Object(_)) => code { (text) },
                (Some(text), _) => (text),
            }
        }
    }
}

/// What a number counts.
enum Measure {
    /// Square metres in one.
    Area(f64),
    /// Metres.
    Length,
}

/// Whether a text is an address of the web and nothing else.
pub(super) fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control()))
}

/// Fields that hold a feature's name, the likeliest first.
const NAMES: [&str; 10] = [
    "nom",
    "name",
    "titre",
    "intitule",
    "libelle",
    "denomination",
    "nom_usuel",
    "label",
    "title",
    "operation",
];

/// What a feature is called: by its role's name, by a field that is named like one, by its parcel number, at last by its id.
pub(super) fn feature_name(collection: &Value, feature: &Value) -> String {
    let properties = &feature["properties"];
    let text = |name: &str| properties[name].as_str().map(str::trim).filter(|t| !t.is_empty());
    let by_role = collection["roleFields"]["name"].as_str();
    if let Some(name) = by_role.into_iter().chain(NAMES).find_map(text) {
        return name.to_owned();
    }
    match (text("section"), text("numero")) {
        (Some(section), Some(number)) => format!("{section} {number}"),
        _ => feature_id(feature),
    }
}

/// A feature's id as text.
pub(super) fn feature_id(feature: &Value) -> String {
    match &feature["id"] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn collection() -> Value {
        json!({
            "fields": [
                { "name": "contenance", "type": "int" }, { "name": "s", "type": "float" },
                { "name": "surface_ha", "type": "float" }, { "name": "le", "type": "date" },
                { "name": "annee_debut", "type": "int" }, { "name": "page", "type": "text" },
                { "name": "bati", "type": "bool" }, { "name": "n", "type": "int" },
            ],
            "roleFields": { "area": "s", "name": "n" },
        })
    }

    #[test]
    fn values_are_read_by_their_field() {
        let collection = collection();
        let check = |name: &str, value: Value, expected: &str| {
            let shown = field(&collection, name).show(&value, Lang::Fr).into_string();
            assert_eq!(
                shown.replace('\u{202f}', "_").replace('\u{a0}', "~"),
                expected,
                "{name}"
            );
        };
        check("contenance", json!(12500), "1,25_ha / 12_500_m²");
        check("s", json!(12500.0), "1,25_ha / 12_500_m²");
        check("surface_ha", json!(1.25), "1,25_ha / 12_500_m²");
        check(
            "le",
            json!("2024-05-01"),
            r#"<time datetime="2024-05-01">1er~mai 2024</time>"#,
        );
        check("annee_debut", json!(2024), "2024");
        check("n", json!(2024), "2_024");
        check("bati", json!(false), "non");
        check("n", Value::Null, r#"<span class="none" title="non renseigné">–</span>"#);
        check(
            "page",
            json!("<script>alert(1)</script>"),
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        );
        check(
            "page",
            json!("https://a.example/?b&c"),
            r#"<a rel="nofollow noopener" href="https://a.example/?b&amp;c">https://a.example/?b&amp;c</a>"#,
        );
        check("page", json!("javascript:alert(1)"), "javascript:alert(1)");
        check("other", json!(["a", 1, null]), "a, 1");
        check(
            "other",
            json!({ "a": "<" }),
            r#"<code>{&quot;a&quot;:&quot;&lt;&quot;}</code>"#,
        );
    }

    #[test]
    fn features_are_called_by_what_they_have() {
        let check = |properties: Value, expected: &str| {
            let feature = json!({ "id": 7, "properties": properties });
            assert_eq!(
                feature_name(&json!({ "roleFields": { "name": "appel" } }), &feature),
                expected
            );
        };
        check(json!({ "appel": "Le Bois", "nom": "B" }), "Le Bois");
        check(json!({ "appel": " ", "nom": "B" }), "B");
        check(json!({ "section": "AM", "numero": "12" }), "AM 12");
        check(json!({}), "7");
    }
}
