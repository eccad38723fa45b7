//! A WFS 2.0 walked page by page (OGC 09-025r2, 7.7.4.4).
//!
//! In: how to bring a page. Out: all pages, or why they are not all. The first page is asked without `startIndex`: a GeoServer
//! without a primary key refuses one, and small layers need none.

use super::failure::Failure;
use super::features::Bounds;

/// Pages of one walk.
const MAX_PAGES: usize = 1000;

/// A page that came.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Page<P> {
    pub(super) piece: P,
    pub(super) features: usize,
    /// Features that there are in all, where the service says it.
    pub(super) matched: Option<usize>,
    /// The text of its first feature.
    pub(super) first: String,
}

/// The address of a page.
pub(super) fn address(url: &str, typename: &str, count: usize, start: usize, bounds: Option<Bounds>) -> String {
    let joint = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    let mut address = format!(
        "{url}{joint}SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES={typename}&OUTPUTFORMAT=application%2Fjson\
         &SRSNAME=EPSG:4326&COUNT={count}"
    );
    if start > 0 {
        address.push_str(&format!("&STARTINDEX={start}"));
    }
    if let Some(b) = bounds {
        // Longitude first: both GeoServers take the short name of the system so.
        address.push_str(&format!(
            "&BBOX={},{},{},{},EPSG:4326",
            b.west, b.south, b.east, b.north
        ));
    }
    address
}

/// Brings page after page, until fewer come than were asked for or all that the service says there are.
pub(super) fn walk<P>(
    count: usize,
    mut bring: impl FnMut(usize) -> Result<Page<P>, Failure>,
) -> Result<Vec<P>, Failure> {
    let (mut pages, mut got): (Vec<P>, usize) = (vec![], 0);
    let mut before = String::new();
    loop {
        let page = bring(got)?;
        if !pages.is_empty() && page.features > 0 && page.first == before {
            return Err(Failure::SamePage(got - page.features.min(got) + 1, got));
        }
        let came = page.features;
        before = page.first;
        pages.push(page.piece);
        got += came;
        let all = page.matched.map(|matched| got >= matched);
        match all {
            Some(true) => return Ok(pages),
            None if came < count => return Ok(pages),
            // It gives smaller pages than were asked for; as long as any come, there is more.
            _ if came > 0 && pages.len() < MAX_PAGES => {}
            None => return Ok(pages),
            Some(false) => {
                return Err(Failure::Incomplete {
                    got,
                    matched: page.matched.unwrap_or_default(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A service of `there` features that gives at most `most` at a time.
    fn service(there: usize, most: usize, says: Option<usize>) -> impl FnMut(usize) -> Result<Page<usize>, Failure> {
        move |start| {
            let features = there.saturating_sub(start).min(most);
            Ok(Page {
                piece: features,
                features,
                matched: says,
                first: start.to_string(),
            })
        }
    }

    #[test]
    fn pages_end_when_all_came() {
        let check = |there, most, says, expected: &[usize]| {
            assert_eq!(
                walk(1000, service(there, most, says)).unwrap(),
                expected,
                "{there} {most} {says:?}"
            );
        };
        check(0, 1000, Some(0), &[0]);
        check(7, 1000, Some(7), &[7]);
        check(2500, 1000, Some(2500), &[1000, 1000, 500]);
        check(2000, 1000, Some(2000), &[1000, 1000]);
        // Services that do not say how many there are.
        check(2500, 1000, None, &[1000, 1000, 500]);
        check(2000, 1000, None, &[1000, 1000, 0]);
        // A service that gives fewer than were asked for.
        check(1200, 500, Some(1200), &[500, 500, 200]);
    }

    #[test]
    fn what_is_not_all_is_said() {
        let less = walk(1000, service(1500, 1000, Some(1600)));
        assert_eq!(
            less,
            Err(Failure::Incomplete {
                got: 1500,
                matched: 1600
            })
        );
        let same = walk(10, |_| {
            Ok(Page {
                piece: (),
                features: 10,
                matched: Some(30),
                first: "a".into(),
            })
        });
        assert_eq!(same, Err(Failure::SamePage(1, 10)));
        let fails = walk::<()>(10, |_| Err(Failure::NotFound(404)));
        assert_eq!(fails, Err(Failure::NotFound(404)));
    }

    #[test]
    fn addresses_are_of_wfs_2() {
        let bounds = Bounds {
            west: 2.5,
            south: 50.0,
            east: 3.0,
            north: 50.5,
        };
        let tail = "SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES=a:b&OUTPUTFORMAT=application%2Fjson&SRSNAME=EPSG:4326&COUNT=5";
        assert_eq!(
            address("https://h/ows", "a:b", 5, 0, None),
            format!("https://h/ows?{tail}")
        );
        assert_eq!(
            address("https://h/ows?key=x", "a:b", 5, 0, None),
            format!("https://h/ows?key=x&{tail}")
        );
        assert_eq!(
            address("https://h/ows?", "a:b", 5, 10, Some(bounds)),
            format!("https://h/ows?{tail}&STARTINDEX=10&BBOX=2.5,50,3,50.5,EPSG:4326")
        );
    }
}
