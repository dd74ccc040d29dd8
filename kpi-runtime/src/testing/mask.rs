//! Leaving out what differs from run to run.

use crate::snapshot::{Family, Histogram, Snapshot, Summary, Value};

impl Snapshot {
    /// Without the families of these names. A name that ends in `*` stands for all that begin like it:
    /// `&["process_*", "kpi_build_info"]`.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.families.retain(|family| !is_among(family, names));
        self
    }

    /// With the series of these families, but without what they measured, such as durations: values and sums become NaN,
    /// of a histogram the number of observations stays and the buckets go. Names are as for [`Self::without`].
    #[must_use]
    pub fn without_values(mut self, names: &[&str]) -> Self {
        let masked = self.families.iter_mut().filter(|family| is_among(family, names));
        for series in masked.flat_map(|family| &mut family.series) {
            series.value = match &series.value {
                Value::Whole(_) | Value::Real(_) => Value::Real(f64::NAN),
                Value::Histogram(Histogram { count, .. }) => {
                    Value::Histogram(Histogram::new(Vec::new(), *count, f64::NAN))
                }
                Value::Summary(Summary { count, .. }) => {
                    Value::Summary(Summary::new(Vec::new(), *count, f64::NAN))
                }
            };
        }
        self
    }
}

fn is_among(family: &Family, names: &[&str]) -> bool {
    names.iter().any(|name| match name.strip_suffix('*') {
        Some(start) => family.name.starts_with(start),
        None => family.name == *name,
    })
}
