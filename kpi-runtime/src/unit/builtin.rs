//! The built-in units.

use super::{Countable, Integral, TimeUnit, Unit, Whole};

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
        pub struct $name(pub f64);

        impl Unit for $name {
            #[inline]
            fn new(value: f64) -> Self {
                Self(value)
            }

            #[inline]
            fn value(self) -> f64 {
                self.0
            }
        }
    )* };
}

units! {
    /// Thousandths of a second (`ms`).
    Milliseconds;
    /// Seconds (`seconds`).
    Seconds;
    /// Minutes (`minutes`).
    Minutes;
    /// Hours (`hours`).
    Hours;
    /// Days of 24 hours (`days`).
    Days;
    /// Hundredths, 0 to 100 (`percentage`).
    Percent;
    /// A part of the whole, 0 to 1 (`ratio`).
    Ratio;
    /// Things, events (`count`).
    Count;
    /// Points on a scale of one's own (`score`).
    Score;
    /// Bytes (`bytes`).
    Bytes;
    /// Beats a minute (`bpm`).
    Bpm;
    /// Cycles a second (`hertz`).
    Hertz;
    /// Revolutions a minute (`rpm`).
    Rpm;
    /// Degrees Celsius (`celsius`).
    Celsius;
    /// Watts (`watts`).
    Watts;
    /// Joules (`joules`).
    Joules;
    /// US dollars (`usd`).
    Usd;
    /// Euros (`eur`).
    Eur;
    /// Grams for each kilogram (`g_per_kg`).
    GramsPerKilogram;
    /// Tokens of a language model (`tokens`).
    Tokens;
    /// Requests (`requests`).
    Requests;
    /// Messages (`messages`).
    Messages;
}

macro_rules! time {
    ($($name:ident $nanoseconds:expr;)*) => {
        $(impl TimeUnit for $name { const NANOSECONDS: f64 = $nanoseconds; })*
    };
}

time! {
    Milliseconds 1e6;
    Seconds 1e9;
    Minutes 6e10;
    Hours 3.6e12;
    Days 8.64e13;
}

macro_rules! wholes {
    ($($name:ident)*) => { $(
        impl Integral for $name {}

        impl $name {
            /// A whole number of them, to increase a counter by.
            #[inline]
            pub const fn whole(number: u64) -> Whole<Self> {
                Whole::new(number)
            }
        }
    )* };
}

wholes!(Count Bytes Tokens Requests Messages);

impl Countable for Count {}
impl Countable for Tokens {}
impl Countable for Requests {}
impl Countable for Messages {}
