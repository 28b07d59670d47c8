//! Figures with their spread, and the table of them.

use std::fmt;

/// One figure per run.
#[derive(Clone, Debug, Default)]
pub struct Series(Vec<f64>);

impl Series {
    /// The figures of all runs.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        Self(figures.into_iter().collect())
    }

    /// Adds the figure of a run.
    pub fn push(&mut self, figure: f64) {
        self.0.push(figure);
    }

    /// Run by run, the lower one.
    pub fn lower(&self, other: &Self) -> Self {
        self.with(other, f64::min)
    }

    /// Run by run, this by that.
    pub fn ratio(&self, of: &Self) -> Self {
        self.with(of, |value, base| value / base)
    }

    /// That of the `part`th of a hundred: 50 is the median.
    pub fn percentile(&self, part: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        sorted.get(last * part / 100).copied().unwrap_or(f64::NAN)
    }

    fn with(&self, other: &Self, by: impl Fn(f64, f64) -> f64) -> Self {
        Self::of(self.0.iter().zip(&other.0).map(|(a, b)| by(*a, *b)))
    }
}

/// Median and, in brackets, lowest and highest.
impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let median = self.percentile(50);
        let digits = match median {
            small if small < 10.0 => 2,
            middle if middle < 100.0 => 1,
            _ => 0,
        };
        write!(f, "{median:.digits$}")?;
        if self.0.len() > 1 {
            let (low, high) = (self.percentile(0), self.percentile(100));
            write!(f, " ({low:.digits$}–{high:.digits$})")?;
        }
        Ok(())
    }
}

/// What is aimed at.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// The ratio to the baseline, at least.
    Ratio(f64),
    /// The value, at least.
    AtLeast(f64),
    /// The value, at most.
    AtMost(f64),
    /// A figure to understand the others by.
    None,
}

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was measured, and in which unit.
    pub what: String,
    /// Its figures.
    pub value: Series,
    /// Those of what it is compared with.
    pub baseline: Option<Series>,
    /// What they should be.
    pub target: Target,
}

impl Row {
    /// A figure without a baseline.
    pub fn alone(what: impl Into<String>, value: Series, target: Target) -> Self {
        Self {
            what: what.into(),
            value,
            baseline: None,
            target,
        }
    }

    fn ratio(&self) -> Option<Series> {
        self.baseline
            .as_ref()
            .map(|baseline| self.value.ratio(baseline))
    }

    fn verdict(&self) -> String {
        let (met, target) = match self.target {
            Target::Ratio(least) => {
                let ratio = self.ratio().map_or(f64::NAN, |ratio| ratio.percentile(50));
                (ratio >= least, format!("ratio ≥ {least:.2}"))
            }
            Target::AtLeast(least) => (self.value.percentile(50) >= least, format!("≥ {least}")),
            Target::AtMost(most) => (self.value.percentile(50) <= most, format!("≤ {most}")),
            Target::None => return String::new(),
        };
        format!("{target} {}", if met { "met" } else { "MISSED" })
    }

    fn cells(&self) -> [String; 5] {
        let text = |series: Option<Series>| series.map(|s| s.to_string()).unwrap_or_default();
        [
            self.what.clone(),
            self.value.to_string(),
            text(self.baseline.clone()),
            text(self.ratio()),
            self.verdict(),
        ]
    }
}

/// The table as text: medians, with lowest and highest in brackets.
pub fn render(rows: &[Row]) -> String {
    let head = ["what", "value", "baseline", "ratio", "target"].map(str::to_owned);
    let lines: Vec<[String; 5]> = std::iter::once(head)
        .chain(rows.iter().map(Row::cells))
        .collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: [usize; 5] = std::array::from_fn(|column| width(column).unwrap_or(0));
    let line = |cells: &[String; 5]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_taken_run_by_run() {
        let row = Row {
            what: "messages".to_owned(),
            value: Series::of([40.0, 90.0, 50.0]),
            baseline: Some(Series::of([100.0, 100.0, 200.0])),
            target: Target::Ratio(0.5),
        };
        let table = render(&[row]);
        assert!(table.contains("50.0 (40.0–90.0)"), "{table}");
        assert!(table.contains("0.40 (0.25–0.90)"), "{table}");
        assert!(table.contains("MISSED"), "{table}");
    }

    #[test]
    fn the_lower_of_two_is_found_in_each_run() {
        let lower = Series::of([1.0, 9.0]).lower(&Series::of([2.0, 3.0]));
        assert_eq!(lower.to_string(), "1.00 (1.00–3.00)");
    }
}
