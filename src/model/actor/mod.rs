//! Actors: the bodies that own, plan and pay, and the ways in which tables write them.
//!
//! In: the built-in bodies that the founding documents name (`known`), and those of the configuration. Out: for a
//! text such as "Maisons et Cités / SIA", its owners, each known or as written. Not here: who owns which
//! feature (`query::owners`).

mod known;
mod names;

use serde::{Deserialize, Serialize};

use super::role::Label;
use super::text::{fold, slug};

/// The kinds of bodies (DOMAIN §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActorType {
    /// Office public de l'habitat.
    Oph,
    /// Entreprise sociale pour l'habitat (SA d'HLM).
    Esh,
    /// Société coopérative d'HLM.
    CoopHlm,
    /// Société d'économie mixte.
    Sem,
    /// Établissement public de coopération intercommunale.
    Epci,
    /// Commune.
    Commune,
    /// Département.
    Departement,
    /// Région.
    Region,
    /// The State.
    Etat,
    /// Établissement public foncier.
    Epf,
    /// Developer.
    Amenageur,
    /// Association.
    Association,
    /// Groupement d'intérêt économique.
    Gie,
    /// Action Logement.
    ActionLogement,
    /// Banque des Territoires.
    BanqueTerritoires,
    /// Another.
    Autre,
}

impl ActorType {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Oph,
        Self::Esh,
        Self::CoopHlm,
        Self::Sem,
        Self::Epci,
        Self::Commune,
        Self::Departement,
        Self::Region,
        Self::Etat,
        Self::Epf,
        Self::Amenageur,
        Self::Association,
        Self::Gie,
        Self::ActionLogement,
        Self::BanqueTerritoires,
        Self::Autre,
    ];

    /// Its name in configuration and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Oph => "OPH",
            Self::Esh => "ESH",
            Self::CoopHlm => "COOP_HLM",
            Self::Sem => "SEM",
            Self::Epci => "EPCI",
            Self::Commune => "COMMUNE",
            Self::Departement => "DEPARTEMENT",
            Self::Region => "REGION",
            Self::Etat => "ETAT",
            Self::Epf => "EPF",
            Self::Amenageur => "AMENAGEUR",
            Self::Association => "ASSOCIATION",
            Self::Gie => "GIE",
            Self::ActionLogement => "ACTION_LOGEMENT",
            Self::BanqueTerritoires => "BANQUE_TERRITOIRES",
            Self::Autre => "AUTRE",
        }
    }

    /// French and English label.
    #[must_use]
    pub fn label(self) -> Label {
        let (fr, en) = match self {
            Self::Oph => ("Office public de l’habitat", "Public housing office (OPH)"),
            Self::Esh => ("Entreprise sociale pour l’habitat", "Social housing company (ESH)"),
            Self::CoopHlm => ("Coopérative d’HLM", "Housing cooperative"),
            Self::Sem => ("Société d’économie mixte", "Semi-public company"),
            Self::Epci => ("Intercommunalité", "Intercommunal body (EPCI)"),
            Self::Commune => ("Commune", "Commune"),
            Self::Departement => ("Département", "Département"),
            Self::Region => ("Région", "Region"),
            Self::Etat => ("État", "State"),
            Self::Epf => ("Établissement public foncier", "Public land agency"),
            Self::Amenageur => ("Aménageur", "Developer"),
            Self::Association => ("Association", "Association"),
            Self::Gie => ("Groupement d’intérêt économique", "Economic interest group"),
            Self::ActionLogement => ("Action Logement", "Action Logement"),
            Self::BanqueTerritoires => ("Banque des Territoires", "Banque des Territoires"),
            Self::Autre => ("Autre", "Other"),
        };
        Label {
            fr: fr.into(),
            en: en.into(),
        }
    }
}

/// A body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Its id in configuration and answers.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its abbreviation.
    pub sigle: Option<String>,
    /// Its SIREN, 9 digits.
    pub siren: Option<String>,
    /// What kind of body it is; absent where no source says it.
    #[serde(rename = "type")]
    pub kind: Option<ActorType>,
    /// The id of the body whose group it is in.
    pub group: Option<String>,
    /// Other ways in which it is written.
    pub aliases: Vec<String>,
    /// Where this is said.
    pub source: String,
}

impl Actor {
    /// Every way in which it is written.
    fn written(&self) -> impl Iterator<Item = &str> {
        let sigle = self.sigle.iter();
        [&self.name]
            .into_iter()
            .chain(sigle)
            .chain(&self.aliases)
            .map(String::as_str)
    }
}

/// An owner that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The actor's id; of an unknown one, its name made fit for an address.
    pub id: String,
    /// The actor's name; of an unknown one, as written.
    pub name: String,
    /// Whether the registry has it.
    pub known: bool,
}

/// Why an actor can't be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// Another is written the same.
    #[error("\"{text}\" is already a name of \"{other}\"")]
    Taken {
        /// What both are called.
        text: String,
        /// The other's id.
        other: String,
    },
}

/// The bodies that are known, by the ways in which they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    actors: Vec<Actor>,
    /// Text as it is compared → place in `actors`, sorted.
    keys: Vec<(String, usize)>,
}

impl Default for Registry {
    /// The built-in bodies.
    fn default() -> Self {
        let mut registry = Self {
            actors: vec![],
            keys: vec![],
        };
        for actor in known::actors() {
            // A test adds them all: none is refused.
            let _ = registry.add(actor);
        }
        registry
    }
}

impl Registry {
    /// Adds a body, or puts it in the place of the one with its id; the aliases of that one stay.
    ///
    /// # Errors
    /// Where one of its names is another body's.
    pub fn add(&mut self, mut actor: Actor) -> Result<(), RegistryError> {
        let place = self.actors.iter().position(|a| a.id == actor.id);
        let taken = |text: &str| {
            let other = self.place_of(text).filter(|p| Some(*p) != place)?;
            Some(RegistryError::Taken {
                text: text.to_owned(),
                other: self.actors[other].id.clone(),
            })
        };
        if let Some(error) = actor.written().find_map(taken) {
            return Err(error);
        }
        if let Some(before) = place.map(|p| &self.actors[p]) {
            let more: Vec<String> = before.written().map(str::to_owned).collect();
            let new = more.into_iter().filter(|text| !actor.written().any(|w| w == text));
            let new: Vec<String> = new.collect();
            actor.aliases.extend(new);
        }
        let place = place.unwrap_or(self.actors.len());
        let keys: Vec<String> = actor.written().map(names::key).filter(|k| !k.is_empty()).collect();
        if place == self.actors.len() {
            self.actors.push(actor);
        } else {
            self.actors[place] = actor;
        }
        self.keys.extend(keys.into_iter().map(|k| (k, place)));
        self.keys.sort();
        self.keys.dedup();
        Ok(())
    }

    /// All bodies, the built-in ones first.
    #[must_use]
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// A body by its id.
    #[must_use]
    pub fn actor(&self, id: &str) -> Option<&Actor> {
        self.actors.iter().find(|a| a.id == id)
    }

    fn place_of(&self, text: &str) -> Option<usize> {
        let key = names::key(text);
        let at = self.keys.binary_search_by(|(k, _)| k.as_str().cmp(&key)).ok()?;
        Some(self.keys[at].1)
    }

    fn known(&self, text: &str) -> Option<Owner> {
        let actor = &self.actors[self.place_of(text)?];
        Some(Owner {
            id: actor.id.clone(),
            name: actor.name.clone(),
            known: true,
        })
    }

    /// The owners that a text names, each once, in its order; none for an empty text.
    ///
    /// Compared without case, accents, punctuation, `&` or "et", and legal forms. Several are told apart at `/`,
    /// `|`, `;` and line ends; at "et", "&" and commas only where one of the parts is a known body, so that a name
    /// with "et" in it stays whole.
    ///
    /// ```
    /// use terril::model::actor::Registry;
    /// let registry = Registry::default();
    /// let ids = |text: &str| -> Vec<String> { registry.resolve(text).into_iter().map(|o| o.id).collect() };
    /// assert_eq!(ids("MAISONS ET CITES SOGINORPA"), ["maisons-et-cites"]);
    /// assert_eq!(ids("Maisons et Cités / SIA"), ["maisons-et-cites", "sia"]);
    /// assert_eq!(ids("Dupont et fils"), ["dupont-et-fils"]);
    /// ```
    #[must_use]
    pub fn resolve(&self, text: &str) -> Vec<Owner> {
        let mut owners: Vec<Owner> = vec![];
        let mut push = |owner: Owner| {
            if !owners.iter().any(|o| o.id == owner.id) {
                owners.push(owner);
            }
        };
        if let Some(owner) = self.known(text) {
            return vec![owner];
        }
        for piece in text
            .split(['/', '|', ';', '\n', '\r'])
            .map(str::trim)
            .filter(|p| !p.is_empty())
        {
            match self.known(piece) {
                Some(owner) => push(owner),
                None => self.several(piece).into_iter().for_each(&mut push),
            }
        }
        owners
    }

    /// The owners of a text that names none as a whole: its parts between "et", "&" and commas, joined again so that known
    /// names are as long as can be.
    fn several(&self, text: &str) -> Vec<Owner> {
        let parts = names::parts(text);
        let mut owners = vec![];
        // Where the parts that no known name has begin.
        let mut unknown = 0;
        let mut at = 0;
        while at < parts.len() {
            let longest = (at + 1..=parts.len()).rev().find_map(|end| {
                let joined = &text[parts[at].start..parts[end - 1].end];
                self.known(joined).map(|owner| (end, owner))
            });
            match longest {
                Some((end, owner)) => {
                    if unknown < at {
                        owners.extend(unknown_owner(&text[parts[unknown].start..parts[at - 1].end]));
                    }
                    owners.push(owner);
                    at = end;
                    unknown = end;
                }
                None => at += 1,
            }
        }
        if unknown < parts.len() {
            owners.extend(unknown_owner(&text[parts[unknown].start..]));
        }
        owners
    }

    /// The known body whose name is most like a text; none where nothing is.
    #[must_use]
    pub fn nearest(&self, text: &str) -> Option<&Actor> {
        let key = names::key(text);
        let alike = |(k, place): &(String, usize)| (strsim::normalized_damerau_levenshtein(k, &key), *place);
        let best = self.keys.iter().map(alike).max_by(|a, b| a.0.total_cmp(&b.0))?;
        (best.0 >= ALIKE).then(|| &self.actors[best.1])
    }
}

/// How alike two names have to be to be offered for one another.
const ALIKE: f64 = 0.6;

/// An owner that is not known, by its own words.
fn unknown_owner(text: &str) -> Option<Owner> {
    let name = text.trim();
    let id = slug(&fold(name).replace(|c: char| !c.is_ascii_alphanumeric(), " "));
    (!name.is_empty()).then(|| Owner {
        id: if names::key(name).is_empty() { slug(name) } else { id },
        name: name.to_owned(),
        known: false,
    })
}

#[cfg(test)]
mod tests;
