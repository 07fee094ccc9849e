import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

extension Session {
    /// Everything that the report is made of, read now.
    func weeklyBook(_ period: WeeklyPeriod) async throws -> WeeklyBook {
        let now = wiring.clock()
        var records = WeeklyRecords(now: now, zone: try reportZone, period: period)
        let (since, horizon) = (records.since, records.horizon)
        records.accountNames = found.settings.accountNames
        records.environments = try await ledger.environments()
        records.unmatched = try await ledger.components(classes: [.unmatched])
        records.plans = try await ledger.plans(open: false, run: nil, limit: 10_000)
            .filter { $0.state.isOpen || ($0.endedAt ?? now) >= since }
        // One of a few targets says nothing of the others.
        let whole = try await ledger.newestWholeScan()
        records.scan = if let whole { whole } else { try await ledger.newestScan() }
        records.lastComplete = try await ledger.lastCompleteScan()
        records.leftovers = try await ledger.leftovers(open: true)
        records.holds = try await ledger.accounts().compactMap(\.hold)
        records.forecastErrors = try await ledger.entries(of: forecastWrong, since: since, limit: 1_000)
            .filter { records.covers($0.at) }
        records.evaluations = try await ledger.evaluations(since: horizon)
        records.ended = try await ledger.endedTeardowns(since: horizon)
        records.sealHead = try await ledger.sealHead()
        records.nights = try await nights(since: since, now: now)
        records.undelivered = try await undelivered(since: since)
        records.runtimes = wiring.runtimes
        return WeeklyBook(records)
    }

    /// People of the settings file, each with every name under which they may own something.
    var weeklyReaders: [WeeklyReader] {
        wiring.people.map { WeeklyReader(name: $0.name, owners: $0.owns) }
    }

    /// The program's templates with those of the operator in their places.
    ///
    /// One that cannot be used is an error: a mail is made as it was meant, or not at all.
    func weeklyTemplates() throws(Problem) -> WeeklyTemplates {
        var overrides: [String: String] = [:]
        var folder = ""
        if let named = found.settings.report.templates {
            folder = URL(fileURLWithPath: named, relativeTo: URL(fileURLWithPath: found.file)).path
            let files: [String]
            do { files = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
                throw Problem(
                    .configuration,
                    "the report's templates cannot be read: there is no folder \(folder) that may be listed",
                    advice: "make it, or take report.templates out of \(found.file)"
                )
            }
            for file in files where file.hasSuffix(".mustache") {
                let text = try shell.read("\(folder)/\(file)")
                overrides[String(file.dropLast(".mustache".count))] = String(decoding: text, as: UTF8.self)
            }
        }
        do { return try WeeklyTemplates(overrides: overrides) } catch { throw Problem(error, in: folder) }
    }
}

extension Problem {
    /// Templates that cannot be used: nothing is made with them, and nothing sent.
    init(_ problems: TemplateProblems, in folder: String? = nil) {
        let place = folder.map { "\($0)/" } ?? ""
        self.init(
            .data,
            problems.all.map { "\(place)\($0)" }.joined(separator: "\n"),
            advice: "nothing is mailed with a broken template; without the file the program's own is used"
        )
    }
}
