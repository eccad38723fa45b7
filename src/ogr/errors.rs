//! What GDAL says while it works, kept per thread instead of printed.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int};
use std::sync::Once;

use gdal_sys::{CPLErr, CPLSetErrorHandler};

/// Messages kept per thread; further ones are dropped.
const KEPT: usize = 64;

/// A message, and whether it is a failure rather than a warning.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) failure: bool,
    pub(super) text: String,
}

thread_local! {
    static MESSAGES: RefCell<Vec<Message>> = const { RefCell::new(Vec::new()) };
}

/// Makes GDAL silent for the whole process: its messages are kept for whoever asks on the same thread.
///
/// Called by everything here that may make GDAL speak; the first call counts.
#[allow(unsafe_code)] // Installing a C callback.
pub fn quiet() {
    static ONCE: Once = Once::new();
    // SAFETY: the handler is a plain function that lives as long as the process.
    ONCE.call_once(|| unsafe {
        CPLSetErrorHandler(Some(keep));
    });
}

#[allow(unsafe_code)] // Called by GDAL with a C string.
unsafe extern "C" fn keep(class: CPLErr::Type, _number: c_int, text: *const c_char) {
    if class == CPLErr::CE_Debug || text.is_null() {
        return;
    }
    // SAFETY: GDAL passes a C string that outlives the call.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned();
    // A thread that is ending has no storage left: its messages are lost, nothing else.
    let _ = MESSAGES.try_with(|messages| {
        if let Ok(mut messages) = messages.try_borrow_mut()
            && messages.len() < KEPT
        {
            messages.push(Message {
                failure: class >= CPLErr::CE_Failure,
                text,
            });
        }
    });
}

/// The messages since the last call, on this thread.
pub(super) fn take() -> Vec<Message> {
    MESSAGES.with(|m| std::mem::take(&mut *m.borrow_mut()))
}

/// The failures among the messages since the last call, as text.
pub(super) fn take_failures() -> Vec<String> {
    take().into_iter().filter(|m| m.failure).map(|m| m.text).collect()
}
