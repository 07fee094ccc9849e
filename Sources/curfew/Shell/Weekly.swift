import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

extension Session {
    /// Everything that the report is made of, read now.
    func weeklyBook() async throws -> WeeklyBook {
        let now = wiring.clock()
        var records = WeeklyRecords(now: now, zone: try reportZone)
        let (since, horizon) = (records.since, WeeklyRecords.horizon(now))
        let components = try await ledger.components(classes: Set(ComponentClass.allCases))
        records.accountNames = found.settings.accountNames
        records.environments = try await ledger.environments()
        records.classes = Dictionary(grouping: components, by: \.kind).mapValues(\.count)
        records.unmatched = components.filter { $0.kind == .unmatched }
        records.plans = try await ledger.plans(open: false, run: nil, limit: 10_000)
            .filter { $0.state.isOpen || ($0.endedAt ?? now) >= since }
        records.scan = try await ledger.newestScan()
        records.lastComplete = try await ledger.lastCompleteScan()
        records.leftovers = try await ledger.leftovers(open: true)
        records.holds = try await ledger.accounts().compactMap(\.hold)
        records.forecastErrors = try await ledger.entries(of: forecastWrong, since: since, limit: 1_000)
        records.evaluations = try await ledger.evaluations(since: horizon)
        records.ended = try await ledger.endedTeardowns(since: horizon)
        records.sealHead = try await ledger.sealHead()
        return WeeklyBook(records)
    }

    /// People of the settings file, each with every name under which they may own something.
    var weeklyReaders: [WeeklyReader] {
        wiring.people.map { WeeklyReader(name: $0.name, owners: $0.owns) }
    }

    private var reportZone: TimeZone {
        get throws(Problem) {
            let name = found.settings.report.zone
            guard let zone = TimeZone(identifier: name) else {
                throw Problem(
                    .configuration,
                    "\(found.file): the report's zone \"\(name)\" is not known",
                    advice: "write one such as Europe/Berlin or UTC"
                )
            }
            return zone
        }
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
        do { return try WeeklyTemplates(overrides: overrides) } catch {
            throw Problem(
                .data,
                error.all.map { "\(folder)/\($0)" }.joined(separator: "\n"),
                advice: "nothing is mailed with a broken template; without the file the program's own is used"
            )
        }
    }
}
