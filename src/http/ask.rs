//! One request as handlers see it, and a document as its answer, for programs or for people.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::error::ApiError;
use super::html::{self, Lang, Page};
use super::links::{Base, HTML};
use super::negotiate::{self, Chosen, Format, Offer};
use super::params::Params;
use super::respond::{self, Keep};
use super::viewer;
use crate::serve::state::App;

/// A request: where the service stands, what the client accepts, its parameters.
pub(super) struct Ask {
    app: Arc<App>,
    pub(super) base: Base,
    pub(super) headers: HeaderMap,
    pub(super) params: Params,
    /// The path as it was sent.
    path: String,
    query: Option<String>,
}

impl FromRequestParts<Arc<App>> for Ask {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        Ok(Self {
            app: Arc::clone(app),
            base: Base::from_request_parts(parts, app).await?,
            headers: parts.headers.clone(),
            params: Params::from_request_parts(parts, app).await?,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
        })
    }
}

impl Ask {
    /// The format to answer in; takes `f` and `lang`.
    pub(super) fn form(&mut self, offers: &[Offer]) -> Result<Form, ApiError> {
        let (format, kind): Chosen = negotiate::choose(self.params.take("f").as_deref(), &self.headers, offers)?;
        let lang = match self.params.take("lang") {
            None => Lang::from_accept_language(&self.headers),
            Some(text) => Lang::parse(&text)
                .ok_or_else(|| ApiError::parameter("lang", "use fr or en; it is the language of HTML pages"))?,
        };
        Ok(Form { format, kind, lang })
    }

    /// The format of a plain document, all parameters taken: there are no others.
    pub(super) fn document(&mut self) -> Result<Form, ApiError> {
        let form = self.form(&negotiate::DOCUMENT)?;
        self.params.finish(&["f", "lang"])?;
        Ok(form)
    }

    /// Answers with a document: as JSON, or as the HTML page made of it.
    pub(super) fn answer<'a>(
        &self,
        form: &Form,
        document: &'a Value,
        page: impl FnOnce(&'a Value) -> Page<'a>,
    ) -> Result<Response, ApiError> {
        match form.format {
            Format::Html => self.page(form, &page(document)),
            _ => respond::json(&self.headers, form.kind, document),
        }
    }

    /// Answers with an HTML page.
    pub(super) fn page(&self, form: &Form, page: &Page<'_>) -> Result<Response, ApiError> {
        let text = html::render(page, form.lang, &self.base.url(""), &self.target());
        let mut response = respond::bytes(&self.headers, "text/html; charset=utf-8", Keep::Revalidate, text.into())?;
        let headers = response.headers_mut();
        headers.insert(
            header::VARY,
            HeaderValue::from_static("Accept, Accept-Language, Accept-Encoding"),
        );
        if let Some(policy) = viewer::policy(&self.app) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        Ok(response)
    }

    /// Path and query, as they were sent.
    pub(super) fn target(&self) -> String {
        match &self.query {
            None => self.path.clone(),
            Some(query) => format!("{}?{query}", self.path),
        }
    }

    /// The links of a document to itself and to its HTML page.
    pub(super) fn own_links(&self, kind: &str, path: &str) -> Vec<Value> {
        vec![
            self.base.link("self", kind, path, "This document"),
            self.base
                .link("alternate", HTML, &format!("{path}?f=html"), "This document as HTML"),
        ]
    }

    /// A link to another document, in each of its formats.
    pub(super) fn both(&self, rel: &str, kind: &str, path: &str, title: &str) -> [Value; 2] {
        [
            self.base.link(rel, kind, path, title),
            json!({ "rel": rel, "type": HTML, "href": self.base.url(&format!("{path}?f=html")), "title": format!("{title}, as HTML") }),
        ]
    }
}

/// The form of an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// What is written.
    pub(super) format: Format,
    /// The media type that it is sent as.
    pub(super) kind: &'static str,
    /// The language of HTML.
    pub(super) lang: Lang,
}
