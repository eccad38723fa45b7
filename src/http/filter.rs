//! `filter`, `filter-lang` and `filter-crs`: CQL2 as a request asks it (OGC 19-079r2, 8).

use std::sync::Arc;

use super::crs::NamedCrs;
use super::error::ApiError;
use super::params::{Params, shortened};
use crate::ogr::crs_facts::AxisOrder;
use crate::query::cql2::{self, Language};
use crate::query::evaluate::Filter;
use crate::query::view::View;

/// The parameters that make a filter.
pub(super) const NAMES: [&str; 3] = ["filter", "filter-lang", "filter-crs"];

/// Takes a filter, in x, y order whatever that of its system; `None` where nothing is asked.
pub(super) fn take(params: &mut Params, view: &View) -> Result<Option<Filter>, ApiError> {
    let language = match params.take("filter-lang") {
        None => Language::default(),
        Some(name) => Language::ALL.into_iter().find(|l| l.name() == name).ok_or_else(|| {
            let known: Vec<&str> = Language::ALL.iter().map(|l| l.name()).collect();
            let reason = format!("\"{}\" is not known; use {}", shortened(&name), known.join(", "));
            ApiError::parameter("filter-lang", reason)
        })?,
    };
    let crs = NamedCrs::take(params, "filter-crs", view)?;
    let Some(text) = params.take("filter") else {
        return Ok(None);
    };
    let mut predicate = cql2::parse(&text, language)?;
    if crs.coordinates.order == AxisOrder::NorthEast {
        predicate.swap_axes();
    }
    Ok(Some(Filter {
        predicate,
        crs: crs.coordinates.crs,
        language,
    }))
}

/// Takes a filter for several collections, in the system that the first one lists; a layer that lacks one of its
/// properties refuses it when it is made ready.
pub(super) fn of_several(params: &mut Params, views: &[Arc<View>]) -> Result<Option<Filter>, ApiError> {
    match views.first() {
        Some(view) => take(params, view),
        // Before the first layer is open there is nothing to ask of.
        None => {
            NAMES.iter().for_each(|name| {
                params.take(name);
            });
            Ok(None)
        }
    }
}
