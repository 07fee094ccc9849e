package import Foundation

/// The result of reading one target.
///
/// A failed or suspect reading records itself and concludes nothing.
package struct TargetReading: Sendable {
    package enum Outcome: Sendable {
        /// - components: those that are new or not what they were; any others are written only where they differ.
        /// - gone: ids known before, absent from the listing, and confirmed gone by a reading by id.
        case complete(components: [RecordedComponent], gone: [ComponentID])
        case suspect(because: String)
        case failed(ProviderFailure)
    }

    package var target: Target
    package var startedAt: Date
    package var finishedAt: Date
    package var outcome: Outcome
    /// Resources of new and changed components, by component.
    package var resources: [ComponentID: [ObservedResource]]
    package var functions: FunctionsReading
    /// How many more are there as they were, by class; they are not among the components.
    package var unchanged: [ComponentClass: Int]
    /// The rules by which all this was read; marks mean nothing under others.
    package var rules: ReadingRules?

    package init(
        target: Target,
        startedAt: Date,
        finishedAt: Date,
        outcome: Outcome,
        resources: [ComponentID: [ObservedResource]] = [:],
        functions: FunctionsReading = .asBefore,
        unchanged: [ComponentClass: Int] = [:],
        rules: ReadingRules? = nil
    ) {
        self.target = target
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.outcome = outcome
        self.resources = resources
        self.functions = functions
        self.unchanged = unchanged
        self.rules = rules
    }
}
