//! What the administrator may ask for: `POST /loads`, a look at the sources as SIGHUP makes one.
//!
//! Who asks says so by `Authorization: Bearer TOKEN` (RFC 6750, 2.1). Where no token is set the address takes no POST.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::ask::Ask;
use super::error::ApiError;
use super::links::JSON;
use crate::serve::state::App;

/// `POST /loads`: 202, and the keeper looks at every source; what changed stands in `/loads` when it is loaded.
pub(super) async fn look(State(app): State<Arc<App>>, headers: HeaderMap, ask: Ask) -> Result<Response, ApiError> {
    let Some(token) = &app.settings.administrator else {
        return Err(ApiError::NoAdministrator);
    };
    if !bearer(&headers).is_some_and(|text| token.is(text)) {
        return Err(ApiError::NotAdministrator);
    }
    ask.params.finish(&[])?;
    tracing::info!("the administrator asks for a look at the sources");
    app.look.notify_one();
    let body = json!({
        "status": "accepted",
        "description": "every source is looked at; what changed is loaded beside what is served, and takes its place when it is ready",
        "links": [ask.base.link("monitor", JSON, "/loads", "What was loaded")],
    });
    let mut response = (StatusCode::ACCEPTED, Json(body)).into_response();
    let no_store = axum::http::HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}

/// The token of the one `Authorization` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (scheme, token) = match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().ok()?.split_once(' ')?,
        _ => return None,
    };
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn one_header_names_the_token() {
        let check = |values: &[&'static str], expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
            }
            assert_eq!(bearer(&headers), expected, "{values:?}");
        };
        check(&["Bearer abc"], Some("abc"));
        check(&["bearer  abc"], Some("abc"));
        check(&["Basic abc"], None);
        check(&["Bearer"], None);
        check(&[], None);
        check(&["Bearer abc", "Bearer abc"], None);
    }
}
