//! A tile of several layers: their bytes one after another, as MVT allows (2.1, 4.1).

use std::sync::Arc;

use crate::encode::mvt;
use crate::model::tile::TileCoord;
use crate::query::select::Cancelled;
use crate::query::view::View;

/// The tile's bytes; none where no layer has anything in it.
///
/// # Errors
/// When called off.
pub fn make(views: &[Arc<View>], tile: TileCoord, cancelled: &dyn Fn() -> bool) -> Result<Vec<u8>, Cancelled> {
    let mut bytes = vec![];
    for view in views {
        let rows = view.rows_in(&tile.world_box(crate::tiles::BUFFER_UNITS));
        let features = rows
            .into_iter()
            .map(|row| (view.mvt_id(row), view.id(row), view.geometry(row), view.values(row)));
        let layer = mvt::make_layer(tile, view.info().id.as_str(), view.fields(), features, cancelled)?;
        bytes.extend_from_slice(&layer);
    }
    Ok(bytes)
}
