package import Foundation

/// What CloudWatch counts of one thing.
package enum UsageMetric: Sendable, Hashable {
    /// Of a Lambda function, all its versions and aliases together.
    case invocations(function: String)
    /// Requests to a REST API, which is counted by its name: others of that name are counted along.
    case restRequests(name: String)
    /// Requests to an HTTP API, by its id.
    case httpRequests(api: String)
    /// Connections to a WebSocket API, by its id; a connection lasts two hours at most.
    case connections(api: String)
    /// How often an EventBridge rule of the default bus set off.
    case triggers(rule: String)
    /// How often what a rule set off could not be delivered.
    case failedTriggers(rule: String)
}

/// The sums of one metric by UTC day.
package enum DailyCounts: Sendable, Hashable {
    /// By the day's beginning; a day that is missing had none.
    case days([Date: Double])
    case missing(reason: String)
}

/// For which time was counted.
package struct UsageWindow: Sendable, Hashable {
    /// The beginning of a UTC day.
    package let from: Date
    /// When it was read.
    package let to: Date

    /// How far back is read; CloudWatch keeps sums by hour for 455 days.
    package static let longest: Duration = .seconds(90 * 86_400)

    /// `since`: the oldest thing that is asked about; nothing of it was used before it was there.
    package init(since: Date, to: Date) {
        let earliest = max(since, to.later(by: .zero - Self.longest))
        from = Self.day(of: earliest)
        self.to = to
    }

    static func day(of date: Date) -> Date {
        Date(timeIntervalSince1970: (date.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400)
    }

    /// The last moment at which something that was counted on this day can have happened.
    func end(of day: Date) -> Date { min(day.addingTimeInterval(86_400), to) }

    /// What was counted on it may still change, and two metrics of it may be of different moments.
    func isOpen(_ day: Date) -> Bool { day.addingTimeInterval(86_400 + 3_600) > to }
}
