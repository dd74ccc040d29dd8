//! What is asked of the heap.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// Counts the bytes that are in use.
pub struct Counting;

static BYTES: AtomicUsize = AtomicUsize::new(0);

/// The bytes of the heap that are in use.
pub fn heap() -> usize {
    BYTES.load(Relaxed)
}

/// The bytes of memory that the process takes, as the kernel counts them.
pub fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()));
    pages.unwrap_or_default() * 4096
}

#[expect(unsafe_code, reason = "an allocator has no other form")]
// SAFETY: Every call is handed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size(), Relaxed);
        // SAFETY: As above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size(), Relaxed);
        // SAFETY: As above.
        unsafe { System.dealloc(pointer, layout) }
    }
}
