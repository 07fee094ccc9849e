package import Core
package import Foundation

/// Everything the weekly report is made of, as the stores give it.
package struct WeeklyRecords: Sendable {
    package var now: Date
    package var zone: TimeZone
    package var period: WeeklyPeriod
    package var accountNames: [AccountID: String] = [:]

    /// Those whose life is open.
    package var environments: [EnvironmentRecord] = []
    /// Components that no rule understands.
    package var unmatched: [ComponentRecord] = []
    /// The open ones, and those that ended since `since`.
    package var plans: [PlanRecord] = []
    /// The newest finished scan; nil when there was none.
    package var scan: ScanSummary?
    /// When a scan last read every target completely; nil takes the newest scan's end if it did.
    package var lastComplete: Date?
    /// Those not known to be gone.
    package var leftovers: [LeftoverRecord] = []
    /// Accounts in which many environments turned stale at once.
    package var holds: [AccountHold] = []
    /// Teardowns that went otherwise than their plans had said, since `since`.
    package var forecastErrors: [AuditEntry] = []
    /// As far back as `horizon`.
    package var evaluations: [EvaluationCount] = []
    /// As far back as `horizon`.
    package var ended: [EndedTeardown] = []
    package var sealHead: SealHead?
    /// Of the days that are reported on; nil where nobody writes down nights.
    package var nights: [WeeklyNight]?
    /// Messages that reached nobody, or perhaps nobody, since `since`.
    package var undelivered: [UndeliveredMessage] = []
    /// When AWS ends which runtime of Lambda.
    package var runtimes: RuntimeTable = .empty

    package init(now: Date, zone: TimeZone, period: WeeklyPeriod = .lastDays) {
        self.now = now
        self.zone = zone
        self.period = period
    }
}

/// What became of the nightly job on one day.
package struct WeeklyNight: Sendable, Hashable {
    package enum Outcome: String, Sendable, Hashable {
        case complete
        /// It ended, and left something undone.
        case partial
        case failed
        /// None began, or none came to an end.
        case missing
    }

    package let day: CalendarDay
    package let outcome: Outcome
    package let because: String?

    package init(day: CalendarDay, outcome: Outcome, because: String? = nil) {
        self.day = day
        self.outcome = outcome
        self.because = because
    }
}

/// A message that was refused, or of which nobody knows whether it arrived.
package struct UndeliveredMessage: Sendable, Hashable {
    package let recipient: String
    /// Such as `warned: feat-checkout, feat-login`.
    package let subject: String
    /// `refused` or `uncertain`.
    package let state: String
    package let because: String
    package let at: Date

    package init(recipient: String, subject: String, state: String, because: String, at: Date) {
        self.recipient = recipient
        self.subject = subject
        self.state = state
        self.because = because
        self.at = at
    }
}
