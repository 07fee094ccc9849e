import Core
import Foundation

/// What a reader must know before believing the numbers, in sentences.
struct WeeklyAlarms {
    let records: WeeklyRecords
    let canvas: Canvas

    var all: [String] {
        guard let scan = records.scan else { return ["There was no scan yet, so nothing is known: run curfew scan."] }
        var alarms = lastComplete(scan)
        alarms += unread.map { sentence($0) }
        let missing = (records.nights ?? []).filter { $0.outcome == .missing }
        if !missing.isEmpty {
            let days = missing.map(\.day.short).joined(separator: ", ")
            alarms.append("\(Canvas.counted(missing.count, "night is", "nights are")) missing: \(days).")
        }
        for night in records.nights ?? [] where night.outcome == .failed {
            alarms.append("The night of \(night.day.short) failed\(night.because.map { ": \($0)" } ?? ".")")
        }
        if !records.undelivered.isEmpty {
            alarms.append(
                "\(Canvas.counted(records.undelivered.count, "message")) could not be delivered: see the list below."
            )
        }
        return alarms + records.holds.map(sentence)
    }

    /// Only what touches these environments.
    func of(_ selection: WeeklySelection) -> [String] {
        guard records.scan != nil else { return [] }
        let theirs = Set(selection.environments.flatMap { $0.record.targets.map(\.target) })
        return unread.filter { theirs.contains($0.target) }.map {
            "\(canvas.place($0.target)) was not read completely, so nothing is concluded about what is there."
        }
    }

    private func lastComplete(_ scan: ScanSummary) -> [String] {
        guard let last = records.lastCompleteScan else {
            return ["The newest scan, \(canvas.time(scan.startedAt)), was not complete."]
        }
        let isOld = canvas.now.passed(since: last) > .seconds(48 * 3_600)
        return isOld ? ["The last complete scan was \(canvas.time(last))."] : []
    }

    private var unread: [ReadingSummary] {
        (records.scan?.readings ?? []).filter { $0.outcome != "complete" }.sorted { $0.target < $1.target }
    }

    private func sentence(_ reading: ReadingSummary) -> String {
        "\(canvas.place(reading.target)) was not read completely, so nothing is concluded there: "
            + (reading.failure ?? reading.outcome)
    }

    private func sentence(_ hold: AccountHold) -> String {
        "Account \(canvas.account(hold.account)) is held since \(canvas.time(hold.since)), and nothing in it is planned: "
            + "\(hold.because). If that is right: curfew accounts accept \(hold.account) --because TEXT."
    }
}
