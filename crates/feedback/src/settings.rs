//! Settings of the counters. Invariant: none makes a number below k visible but `shown_min` itself.

use model::Span;
use serde::{Deserialize, Serialize};

/// Settings of the counters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long an event's id is remembered, and how old an event may be; 1 h to 30 d.
    pub repeat_window: Span,
    /// How long hourly tallies are kept; 1 d to 366 d.
    pub retention: Span,
    /// After which time an event counts half; 1 h to 30 d.
    pub half_life: Span,
    /// k: numbers below it are never shown, and ranking sees multiples of it; 1 to 1,000.
    pub shown_min: u64,
    /// How long feedback to a recommendation is taken; 1 h to 30 d.
    pub recommendation_age_max: Span,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            repeat_window: Span::seconds(48 * 3_600),
            retention: Span::seconds(14 * 86_400),
            half_life: Span::seconds(6 * 3_600),
            shown_min: 5,
            recommendation_age_max: Span::seconds(2 * 86_400),
        }
    }
}

impl Settings {
    /// Whether every value is within its range.
    ///
    /// # Errors
    /// Names the first one that is not, and its range.
    pub fn check(&self) -> Result<(), String> {
        const HOUR: u64 = 3_600;
        const DAY: u64 = 24 * HOUR;
        let spans = [
            ("repeat_window", self.repeat_window, HOUR, 30 * DAY),
            ("retention", self.retention, DAY, 366 * DAY),
            ("half_life", self.half_life, HOUR, 30 * DAY),
            ("recommendation_age_max", self.recommendation_age_max, HOUR, 30 * DAY),
        ];
        for (name, value, least, most) in spans {
            if !(least..=most).contains(&value.0.as_secs()) {
                let (least, most) = (Span::seconds(least), Span::seconds(most));
                return Err(format!("feedback.{name} is {value}; set it to {least} to {most}"));
            }
        }
        if !(1..=1_000).contains(&self.shown_min) {
            return Err(format!("feedback.shown_min is {}; set it to 1 to 1000", self.shown_min));
        }
        Ok(())
    }
}
