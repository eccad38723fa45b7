//! What was loaded becomes layers of the catalog, or a reason why not.

use std::net::IpAddr;
use std::path::Path;

use super::config::Config;
use super::exposure;
use crate::load::LoadedLayer;
use crate::model::feature::Field;
use crate::model::layer::LayerId;
use crate::serve::loads::SourceState;
use crate::serve::state::App;
use crate::serve::versions::Load;
use crate::store::{Catalog, EditError, Ready};

/// Who may see the layers.
#[derive(Debug, Clone)]
pub(super) struct Audience {
    /// The address that is listened on.
    pub(super) host: IpAddr,
    /// Layers that may be seen beyond this machine whatever their fields.
    pub(super) public: Vec<String>,
}

/// What came of opening a source's layers.
#[derive(Debug)]
pub(super) enum Opened {
    /// These are served now, as they are or as they were; what was refused and why.
    Layers { served: Vec<LayerId>, refused: Vec<String> },
    /// A base file is not what was written; nothing was changed.
    Damaged,
}

/// Opens the layers of a source and puts them in the place of those `before`, all in one step. Each is a version.
///
/// A layer that is refused stays as it was; where all are, nothing changes.
pub(super) fn open(
    app: &App,
    config: &Config,
    audience: &Audience,
    source: &Path,
    layers: Vec<(LoadedLayer, LayerId)>,
    before: &[LayerId],
) -> Opened {
    let (mut ready, mut served, mut refused) = (vec![], vec![], vec![]);
    let ids: Vec<LayerId> = layers.iter().map(|(_, id)| id.clone()).collect();
    for (layer, id) in layers {
        let fields: Vec<&str> = layer.directory.fields.iter().map(|f| f.name.as_str()).collect();
        let info = config.info(id.clone(), &layer.directory.fields);
        let reason = match exposure::refusal(&info, &fields, audience.host, &audience.public) {
            Some(reason) => reason,
            None => match Catalog::ready(info, &layer.base, layer.report.clone()) {
                Ok(opened) => {
                    ready.push((opened, layer));
                    served.push(id);
                    continue;
                }
                Err(EditError::Open(error)) => {
                    tracing::debug!("{error}");
                    return Opened::Damaged;
                }
                Err(error) => error.to_string(),
            },
        };
        if before.contains(&id) {
            refused.push(format!("layer \"{id}\" is served as it was before: {reason}"));
            served.push(id);
        } else {
            refused.push(format!("layer \"{id}\" is not served: {reason}"));
        }
    }
    if ready.is_empty() {
        return Opened::Layers {
            served: before.to_vec(),
            refused,
        };
    }
    let gone: Vec<LayerId> = before.iter().filter(|id| !ids.contains(id)).cloned().collect();
    // Before the swap, so that nobody ever sees a state that is no version.
    ready
        .iter()
        .for_each(|(opened, layer)| take(app, config, audience, source, opened, layer));
    app.catalog
        .swap(ready.into_iter().map(|(opened, _)| opened).collect(), &gone);
    gone.iter().for_each(|id| app.versions.gone(id));
    for id in &gone {
        tracing::warn!(layer = id.as_str(), "no longer in its source, and so no longer served");
    }
    Opened::Layers { served, refused }
}

/// Tells of a load that is about to be served. A former version may be shown to whom a layer with its fields may be.
fn take(app: &App, config: &Config, audience: &Audience, source: &Path, opened: &Ready, layer: &LoadedLayer) {
    let view = opened.public_view();
    let may_show = |fields: &[Field]| {
        let info = config.info(view.info().id.clone(), fields);
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        exposure::refusal(&info, &names, audience.host, &audience.public).is_none()
    };
    let load = Load {
        info: view.info(),
        base: &layer.base,
        directory: &layer.directory,
        report: &layer.report,
        source,
        version: view.version(),
    };
    app.versions.take(&load, &may_show);
}

/// Says what is served, as its public sees it.
pub(super) fn say(app: &App, id: &LayerId, source: &Path) {
    if let Some(view) = app.catalog.public_view(id.as_str()) {
        let report = view.report();
        let role = view.info().role.map(crate::model::role::Role::name);
        tracing::info!(
            layer = id.as_str(),
            source = shown(source),
            features = view.count(),
            crs = view.crs().label(),
            role,
            role_guessed = view.info().role_guessed,
            repaired = report.repaired,
            without_place = view.null_geometries(),
            faults = report.counts.values().sum::<u64>(),
            "served"
        );
    }
}

/// Says that a source can't be served as it is; `served` are its layers that are as they were before.
pub(super) fn refuse(app: &App, source: &Path, message: &str, served: &[LayerId]) {
    // The log is the operator's and names the path; the address says the file's name only.
    let layers: Vec<String> = served.iter().map(ToString::to_string).collect();
    if layers.is_empty() {
        tracing::error!(source = shown(source), "{message}");
    } else {
        tracing::error!(source = shown(source), still_served = layers.join(", "), "{message}");
    }
    let folder = source.parent().map(|p| format!("{}/", p.display())).unwrap_or_default();
    let message = message.replace(&folder, "");
    app.loads.set(source, SourceState::Failed { message, layers });
}

/// A source by its file name.
pub(super) fn shown(source: &Path) -> String {
    source.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
