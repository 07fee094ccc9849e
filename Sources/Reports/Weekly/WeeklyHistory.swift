package import Core
import Foundation

/// How the numbers were in the weeks before.
struct WeeklyHistory: Sendable {
    /// The evaluation that today is compared with.
    let before: EvaluationCount?
    /// Taken down, and failed, in the seven days before those reported on; nil where nobody looked yet.
    let reapedBefore: Int?
    let failedBefore: Int?
    /// Up to eight weeks, oldest first; the last is the week of the report itself.
    let weeks: [WeeklyTrend]

    /// An evaluation counts as a week old when it is within this of seven days ago; farther off, the numbers of
    /// different stretches of time would be compared.
    private static let tolerance: TimeInterval = 36 * 3_600

    init(_ records: WeeklyRecords) {
        let weekAgo = records.now.addingTimeInterval(-7 * 86_400)
        func distance(_ count: EvaluationCount) -> TimeInterval { abs(count.at.timeIntervalSince(weekAgo)) }
        before = records.evaluations.filter { distance($0) <= Self.tolerance }.min { distance($0) < distance($1) }
        let since = records.since
        let earlier = records.ended.filter { $0.at < since && $0.at >= since.addingTimeInterval(-7 * 86_400) }
        let looked = records.evaluations.contains { $0.at <= since }
        reapedBefore = looked ? Set(earlier.filter { $0.state == .done }.map(\.environment)).count : nil
        failedBefore = looked ? Set(earlier.filter { $0.state != .done }.map(\.environment)).count : nil
        weeks = Self.weeks(records)
    }

    /// As the report's own numbers have it, so that its last week says the same.
    private static func standing(_ records: WeeklyRecords) -> EvaluationCount {
        let features = records.environments.filter { $0.kind == .feature }
        let verdicts = Dictionary(grouping: features) { $0.verdict?.verdict ?? Verdict.undecided.rawValue }
        return EvaluationCount(at: records.now, verdicts: verdicts.mapValues(\.count))
    }

    private static func weeks(_ records: WeeklyRecords) -> [WeeklyTrend] {
        let this = records.week
        let isOver = records.period == .lastWeek
        let counts = Dictionary(grouping: records.evaluations.filter { $0.at <= records.now }) {
            ISOWeek($0.at, in: records.zone)
        }
        let reaped = Dictionary(grouping: records.ended.filter { $0.state == .done }) {
            ISOWeek($0.at, in: records.zone)
        }
        let first = (Array(counts.keys) + Array(reaped.keys) + [this]).min() ?? this
        return (-7...0).map(this.adding).filter { $0 >= first }.map { week in
            WeeklyTrend(
                week: week,
                count: week == this && !isOver ? standing(records) : counts[week]?.max { $0.at < $1.at },
                reaped: Set((reaped[week] ?? []).map(\.environment)).count
            )
        }
    }
}

/// One week of the trend.
package struct WeeklyTrend: Sendable, Hashable {
    package let week: ISOWeek
    /// The week's last evaluation; nil for a week without any.
    package let count: EvaluationCount?
    package let reaped: Int
}
