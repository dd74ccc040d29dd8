//! Text that was parsed once and is passed on as a type.

mod condition;
mod decimal;
mod duration;
mod name;
mod rational;
mod texts;
mod unit;
mod version;

pub use condition::{Condition, ConditionError};
pub use decimal::Decimal;
pub use duration::PromDuration;
pub use name::{camel_case, is_label_name, is_metric_name, is_snake_name};
pub use rational::Rational;
pub use texts::ByText;
pub use unit::{BuiltinUnit, CustomUnit, TimeUnit, Unit};
pub use version::{PrometheusVersion, Version};
