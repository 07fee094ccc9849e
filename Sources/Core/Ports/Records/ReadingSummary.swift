package import Foundation

/// How one target was read: the counts add up to `listed` (R6).
package struct ReadingSummary: Sendable {
    package var target: Target
    package var outcome: String
    package var at: Date
    package var counts: [ComponentClass: Int]
    package var gone: Int
    package var failure: String?
    package var advice: String?
    /// Why the runtimes of the target's functions are not known now, whatever became of this reading.
    package var functionsFailure: String?

    package init(
        target: Target,
        outcome: String,
        at: Date,
        counts: [ComponentClass: Int],
        gone: Int,
        failure: String?,
        advice: String?,
        functionsFailure: String? = nil
    ) {
        self.target = target
        self.outcome = outcome
        self.at = at
        self.counts = counts
        self.gone = gone
        self.failure = failure
        self.advice = advice
        self.functionsFailure = functionsFailure
    }

    package var listed: Int { counts.values.reduce(0, +) }
}
