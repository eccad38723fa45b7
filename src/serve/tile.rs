//! A tile of several layers: their bytes one after another, as MVT allows (2.1, 4.1).

use std::sync::Arc;

use crate::encode::mvt;
use crate::model::feature::Field;
use crate::model::tile::TileCoord;
use crate::query::evaluate::{Condition, Filter};
use crate::query::select::{self, Cancelled, SelectError};
use crate::query::view::View;

/// The tile's bytes; none where no layer has anything in it.
///
/// # Errors
/// When called off.
/// A filter that does not fit one of the layers.
pub fn make(
    views: &[Arc<View>],
    filter: Option<&Filter>,
    tile: TileCoord,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<u8>, SelectError> {
    let mut bytes = vec![];
    for view in views {
        let condition = filter.map(|f| view.condition(f)).transpose()?;
        let layer = layer(view, condition.as_ref(), tile, cancelled)?;
        if bytes.is_empty() {
            bytes = layer;
        } else {
            bytes.extend_from_slice(&layer);
        }
    }
    Ok(bytes)
}

fn layer(
    view: &View,
    condition: Option<&Condition>,
    tile: TileCoord,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Cancelled> {
    // The feature's id stands as the property `id`: a field of that name is not read for nothing.
    let (places, fields): (Vec<usize>, Vec<Field>) = view
        .fields()
        .iter()
        .cloned()
        .enumerate()
        .filter(|(_, field)| field.name != mvt::ID)
        .unzip();
    let mut rows = view.rows_in(&tile.world_box(crate::tiles::BUFFER_UNITS));
    if let Some(condition) = condition {
        rows = select::satisfying(view, rows, condition, cancelled)?;
    }
    let features = rows.into_iter().map(|row| {
        let values = places.iter().map(move |place| view.value(row, *place));
        (view.mvt_id(row), view.id(row), view.geometry(row), values)
    });
    mvt::make_layer(tile, view.info().id.as_str(), &fields, features, cancelled)
}
