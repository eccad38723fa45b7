//! What all requests share.

use tokio::sync::Notify;

use super::admin::Token;
use super::loads::Loads;
use super::proxies::Proxies;
use super::versions::Versions;
use super::work::Workers;
use crate::model::actor::Registry;
use crate::model::role::Label;
use crate::store::Catalog;

/// How the service shows itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Its title.
    pub title: Label,
    /// The address that links start with, without a slash at the end; absent: the request's own.
    pub public_url: Option<String>,
    /// The bodies that are known.
    pub actors: Registry,
    /// The proxies whose headers say where the service stands.
    pub proxies: Proxies,
    /// Who may ask for a look at the sources; absent: nobody.
    pub administrator: Option<Token>,
    /// A base map from elsewhere; absent unless configured, so that no request leaves the machine.
    pub base_map: Option<BaseMap>,
}

/// A raster base map.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseMap {
    /// URL templates with `{z}`, `{x}`, `{y}`.
    pub tiles: Vec<String>,
    /// The line that has to be shown.
    pub attribution: String,
}

/// The state of the service.
#[derive(Debug)]
pub struct App {
    /// The layers.
    pub catalog: Catalog,
    /// Titles and addresses.
    pub settings: Settings,
    /// The sources and what became of them.
    pub loads: Loads,
    /// Former states of the layers.
    pub versions: Versions,
    /// Threads for work that needs a processor.
    pub workers: Workers,
    /// Told where the sources are to be looked at.
    pub look: Notify,
}
