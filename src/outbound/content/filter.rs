//! `| fallback: "there"`: what stands where nothing is known.

use liquid_core::{
    Display_filter, Expression, Filter, FilterParameters, FilterReflection, FromFilterParameters,
    ParseFilter, Result, Runtime, Value, ValueView,
};

#[derive(Debug, FilterParameters)]
struct FallbackArgs {
    #[parameter(description = "What stands where nothing is known.")]
    fallback: Expression,
}

/// The filter.
#[derive(Clone, ParseFilter, FilterReflection)]
#[filter(
    name = "fallback",
    description = "Something else where nothing is known.",
    parameters(FallbackArgs),
    parsed(FallbackFilter)
)]
pub struct Fallback;

#[derive(Debug, FromFilterParameters, Display_filter)]
#[name = "fallback"]
struct FallbackFilter {
    #[parameters]
    args: FallbackArgs,
}

impl Filter for FallbackFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        let args = self.args.evaluate(runtime)?;
        let nothing = input.is_nil() || input.to_kstr().trim().is_empty();
        Ok(if nothing { args.fallback.to_value() } else { input.to_value() })
    }
}
