//! The language of a page: asked for, or the reader's own.

use axum::http::{HeaderMap, header};

use super::super::respond::qualities;
use crate::model::role::Language;

/// In which language a page speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Lang {
    /// French: the language of the territory, and of pages where nothing is asked.
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Both, French first.
    pub(super) const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The value of `lang=`; `None` for a language that pages don't speak.
    pub(in crate::http) fn parse(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == value)
    }

    /// The reader's language by `Accept-Language` (RFC 9110, 12.5.4): the best of ours, French where
    /// none is named. `fr-CA` is French.
    pub(in crate::http) fn from_accept_language(headers: &HeaderMap) -> Self {
        let ranges = qualities(headers, &header::ACCEPT_LANGUAGE);
        let quality = |lang: Self| {
            let named = |name: &str| name.split('-').next() == Some(lang.code());
            let own = ranges.iter().filter(|(name, _)| named(name)).map(|(_, q)| *q);
            let any = || ranges.iter().find(|(name, _)| name == "*").map(|(_, q)| *q);
            own.reduce(f32::max).or_else(any).unwrap_or(0.0)
        };
        if quality(Self::En) > quality(Self::Fr) {
            Self::En
        } else {
            Self::Fr
        }
    }

    /// Its code in `lang` attributes and `lang=`.
    pub(in crate::http) fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The same for labels of the model.
    pub(in crate::http) fn language(self) -> Language {
        match self {
            Self::Fr => Language::French,
            Self::En => Language::English,
        }
    }

    /// The other one.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Fr => Self::En,
            Self::En => Self::Fr,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_readers_language_is_taken_where_pages_speak_it() {
        let check = |accept: Option<&'static str>, expected| {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
            }
            assert_eq!(Lang::from_accept_language(&headers), expected, "{accept:?}");
        };
        check(None, Lang::Fr);
        check(Some("en-GB,en;q=0.9"), Lang::En);
        check(Some("fr-CA, en;q=0.8"), Lang::Fr);
        check(Some("de, en;q=0.5"), Lang::En);
        check(Some("de"), Lang::Fr);
        check(Some("*"), Lang::Fr);
        check(Some("fr;q=0, *"), Lang::En);
        check(Some("fr;q=0.5, en;q=0.5"), Lang::Fr);
    }

    #[test]
    fn codes_are_read_back() {
        for lang in Lang::ALL {
            assert_eq!(Lang::parse(lang.code()), Some(lang));
        }
        assert_eq!(Lang::parse("de"), None);
        assert_eq!(Lang::parse("FR"), None);
    }
}
