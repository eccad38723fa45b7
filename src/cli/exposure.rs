//! What may leave the machine: layers with owner, price or confidentiality fields need a word first.

use std::net::IpAddr;

use crate::model::layer::LayerInfo;
use crate::model::text::fold;

/// Starts of field names that speak of owners, prices or confidentiality.
const SENSITIVE: [&str; 12] = [
    "proprietaire",
    "proprio",
    "owner",
    "bailleur",
    "acteur",
    "prix",
    "price",
    "cout",
    "cost",
    "valeur fonciere",
    "confidentialite",
    "siren",
];

/// Why a layer is not served to other machines; `None` where it may be.
pub(super) fn refusal(info: &LayerInfo, fields: &[&str], host: IpAddr, allowed: &[String]) -> Option<String> {
    let said = info.public.is_some() || allowed.iter().any(|a| a == info.id.as_str());
    if host.is_loopback() || said {
        return None;
    }
    let sensitive = |name: &&str| SENSITIVE.iter().any(|s| fold(name).starts_with(s));
    // A field that was taken for the owner's or a price is one whatever it is called.
    let taken = ["owner", "cost"]
        .into_iter()
        .filter(|domain| info.fields_guessed.contains(*domain))
        .find_map(|domain| info.fields.get(domain));
    let named = fields.iter().copied().find(|f| sensitive(f));
    let field = named.or_else(|| taken.map(String::as_str))?;
    Some(format!(
        "it has the field \"{field}\", and {host} is open to other machines; give it a public view \
         ([layer.{id}.public] in terril.toml) or allow it with --public {id}",
        id = info.id
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::layer::{LayerId, PublicView};

    #[test]
    fn owners_stay_at_home() {
        let mut info = LayerInfo::new(LayerId::from_name("r"));
        let open: IpAddr = "0.0.0.0".parse().unwrap();
        let fields = ["nom", "Propriétaire"];
        assert!(refusal(&info, &fields, open, &[]).unwrap().contains("--public r"));
        assert_eq!(refusal(&info, &fields, "127.0.0.1".parse().unwrap(), &[]), None);
        assert_eq!(refusal(&info, &fields[..1], open, &[]), None);
        assert_eq!(refusal(&info, &fields, open, &["r".into()]), None);
        info.fields.insert("owner".into(), "Organisme".into());
        info.fields_guessed.insert("owner".into());
        assert!(refusal(&info, &["Organisme"], open, &[]).unwrap().contains("Organisme"));
        info.public = Some(PublicView::default());
        assert_eq!(refusal(&info, &fields, open, &[]), None);
    }
}
