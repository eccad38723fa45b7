//! Why something did not come, and what helps; in French and English.

use std::io;
use std::path::PathBuf;

use super::catalogue::CatalogueError;
use crate::model::role::Label;

/// Why nothing could be begun.
#[derive(Debug, thiserror::Error)]
pub enum GetError {
    /// The catalogue.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A name that is no entry and no set.
    #[error("\"{0}\" is not in the catalogue; did you mean \"{1}\"? `terril get list` shows it")]
    Unknown(String, String),
    /// A code that no commune can have.
    #[error("\"{0}\" is no INSEE code of a commune: 5 characters, such as 62737, 01004 or 2A004")]
    NoCode(String),
    /// An entry that needs more than was said.
    #[error("{entry} needs {name}: {help}")]
    Lacks {
        /// The entry.
        entry: String,
        /// The parameter.
        name: String,
        /// How it is said.
        help: String,
    },
    /// Another run in the same folder.
    #[error("another `terril get` is at work in {0}; wait for its end, or choose another folder with -o")]
    Busy(PathBuf),
    /// The folder.
    #[error("{path} can't be written")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

/// Why an address gave no data.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// The host can't be reached.
    #[error("{host} can't be reached: {}", .cause.en)]
    Unreachable {
        /// The host.
        host: String,
        /// Why.
        cause: Label,
    },
    /// 404 and 410.
    #[error("there is nothing at this address (status {0})")]
    NotFound(u16),
    /// Another status that is no success.
    #[error("the service answers with status {0}")]
    Status(u16),
    /// The connection ended before the answer did.
    #[error("the answer ends in the middle, after {0} bytes")]
    CutShort(u64),
    /// More than a bound.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(u64),
    /// A redirect that is not followed.
    #[error("{0}")]
    Redirect(String),
    /// A web page in place of data.
    #[error("the answer is a web page, not data{}", after(.0))]
    WebPage(String),
    /// A WFS or other service says what is wrong, with status 200.
    #[error("the service refuses: {0}")]
    Exception(String),
    /// Nothing in it.
    #[error("the answer is empty")]
    Nothing,
    /// A gzip or zip that is broken.
    #[error("the compressed file is broken: {0}")]
    Compressed(String),
    /// A zip without the file that is looked for.
    #[error("the archive has no file whose name ends in \"{0}\"")]
    NotInside(String),
    /// No GeoJSON.
    #[error("the answer is no GeoJSON: {0}")]
    NotGeoJson(String),
    /// Pages that repeat.
    #[error("the service gives the same page again: features {0} to {1} came twice")]
    SamePage(usize, usize),
    /// Fewer features than the service says there are.
    #[error("{got} features came of {matched} that the service says there are")]
    Incomplete {
        /// Features that came.
        got: usize,
        /// Features that there are.
        matched: usize,
    },
    /// As many features as the service gives at most.
    #[error("{0} features came, as many as the service gives at most: there may be more")]
    Capped(usize),
    /// Nothing lies where it was asked for.
    #[error("no feature lies in the box that was asked for; the first lies at {0}")]
    Elsewhere(String),
    /// Answers in several systems.
    #[error("the answers are in different systems of coordinates: {0} and {1}")]
    Systems(String, String),
    /// The disk.
    #[error("{path} can't be written: {cause}")]
    Disk {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// The territory's box is not known.
    #[error("it is asked by the territory's box, which is not known: the outlines of communes did not come")]
    NoPlace,
    /// A commune that is not among those of its département.
    #[error("there is no commune {0}")]
    NoCommune(String),
}

fn after(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(": {text}")
    }
}

impl Failure {
    /// A file or folder that can't be written.
    pub(super) fn disk(path: &std::path::Path, cause: &io::Error) -> Self {
        Self::Disk {
            path: path.to_owned(),
            cause: cause.to_string(),
        }
    }

    /// What happened, in both languages.
    #[must_use]
    pub fn reason(&self) -> Label {
        let fr = match self {
            Self::Unreachable { host, cause } => format!("{host} n'est pas joignable : {}", cause.fr),
            Self::NotFound(status) => format!("il n'y a rien à cette adresse (statut {status})"),
            Self::Status(status) => format!("le service répond par le statut {status}"),
            Self::CutShort(got) => format!("la réponse s'arrête au milieu, après {got} octets"),
            Self::TooLarge(bytes) => format!("la réponse dépasse {bytes} octets"),
            Self::Redirect(to) => format!("l'adresse renvoie ailleurs, ce qui n'est pas suivi ({to})"),
            Self::WebPage(said) => format!("la réponse est une page web, pas des données{}", apres(said)),
            Self::Exception(said) => format!("le service refuse : {said}"),
            Self::Nothing => "la réponse est vide".into(),
            Self::Compressed(cause) => format!("le fichier compressé est abîmé : {cause}"),
            Self::NotInside(name) => format!("l'archive n'a aucun fichier dont le nom finit par « {name} »"),
            Self::NotGeoJson(cause) => format!("la réponse n'est pas du GeoJSON : {cause}"),
            Self::SamePage(from, to) => {
                format!("le service redonne la même page : les objets {from} à {to} sont venus deux fois")
            }
            Self::Incomplete { got, matched } => {
                format!("{got} objets sont venus sur les {matched} que le service annonce")
            }
            Self::Capped(cap) => {
                format!("{cap} objets sont venus, autant que le service en donne au plus : il peut y en avoir d'autres")
            }
            Self::Elsewhere(place) => {
                format!("aucun objet n'est dans l'emprise demandée ; le premier est en {place}")
            }
            Self::Systems(a, b) => {
                format!("les réponses sont dans des systèmes de coordonnées différents : {a} et {b}")
            }
            Self::Disk { path, cause } => format!("{} ne peut pas être écrit : {cause}", path.display()),
            Self::NoPlace => {
                "la demande se fait par l'emprise du territoire, inconnue : les contours des communes ne sont pas venus"
                    .into()
            }
            Self::NoCommune(code) => format!("il n'y a pas de commune {code}"),
        };
        Label {
            fr,
            en: self.to_string(),
        }
    }

    /// What helps, in both languages.
    #[must_use]
    pub fn remedy(&self) -> Label {
        let (fr, en) = match self {
            Self::Unreachable { .. } | Self::NoPlace => (
                "vérifier le réseau (derrière un mandataire : https_proxy), puis relancer la même commande : ce qui est venu reste",
                "check the network (behind a proxy: https_proxy), then run the same command again: what came is kept",
            ),
            Self::NotFound(_) => (
                "la donnée n'existe pas pour ce lieu, ou a changé d'adresse : la corriger par --catalogue",
                "the data do not exist for this place, or have moved: correct the address with --catalogue",
            ),
            Self::Status(401 | 403) => (
                "le service refuse l'accès : voir ses conditions, ou mettre une autre adresse par --catalogue",
                "the service denies access: see its terms, or give another address with --catalogue",
            ),
            Self::Status(_) | Self::CutShort(_) | Self::Compressed(_) | Self::Nothing | Self::WebPage(_) => (
                "le service est sans doute en panne ou en maintenance : relancer la même commande plus tard ; ce qui est venu reste",
                "the service is probably down or in maintenance: run the same command again later; what came is kept",
            ),
            Self::TooLarge(_) => ("demander un territoire plus petit", "ask for a smaller territory"),
            Self::Redirect(_) => (
                "vérifier l'adresse dans un navigateur, et la corriger par --catalogue",
                "look at the address in a browser, and correct it with --catalogue",
            ),
            Self::Exception(_) | Self::NotInside(_) | Self::NotGeoJson(_) | Self::SamePage(..) | Self::Systems(..) => (
                "le service a changé : ouvrir l'adresse dans un navigateur, et corriger l'entrée par --catalogue",
                "the service has changed: open the address in a browser, and correct the entry with --catalogue",
            ),
            Self::Incomplete { .. } => (
                "relancer la même commande ; sinon demander un territoire plus petit",
                "run the same command again; else ask for a smaller territory",
            ),
            Self::Capped(_) => (
                "prendre la même donnée d'un service par pages (kind = \"wfs\") ; `terril get list` les montre",
                "take the same data from a service of pages (kind = \"wfs\"); `terril get list` shows them",
            ),
            Self::Elsewhere(_) => (
                "l'ordre des axes du service a peut-être changé : corriger l'entrée par --catalogue",
                "the service's order of axes may have changed: correct the entry with --catalogue",
            ),
            Self::Disk { .. } => (
                "faire de la place ou choisir un autre dossier par -o",
                "make room, or choose another folder with -o",
            ),
            Self::NoCommune(_) => (
                "vérifier le code INSEE ; une commune absorbée a celui de sa commune nouvelle",
                "check the INSEE code; a commune that was absorbed has that of its new commune",
            ),
        };
        Label {
            fr: fr.into(),
            en: en.into(),
        }
    }
}

fn apres(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(" : {text}")
    }
}
