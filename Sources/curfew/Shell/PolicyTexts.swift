import Core
import Foundation
import Operations
import Settings

/// The texts of a policy, with the names under which problems are reported.
struct PolicyTexts: Sendable {
    let source: PolicySource
    /// Where each of them stands, in the same order.
    let paths: [String]

    init(source: PolicySource, paths: [String]) {
        self.source = source
        self.paths = paths
    }

    /// Of a revision, where nobody knows any paths.
    init(applied source: PolicySource) {
        self.source = source
        paths = source.files.count == 1 ? ["the policy in force"] : source.files.map { $0.name ?? "" }
    }

    /// What they are called together: `policy.yaml`, or `base.yaml, teams/a.yaml`.
    var names: String { paths.joined(separator: ", ") }

    /// `settings`: where given, the accounts and people that the policies name must be among them.
    func meaning(_ settings: Settings?) throws(Problem) -> PolicySet {
        let files = zip(paths, source.files).map { (name: $0, bytes: Data($1.text.utf8)) }
        do { return try PolicyFile.parse(files, knowing: settings) } catch {
            throw Problem(.data, error.description)
        }
    }
}

extension PolicyTexts {
    /// The command that puts them in force.
    var applying: String { "curfew policy apply" + (paths.count == 1 ? " \(paths[0])" : "") }

    /// Which of the files is not what is in force; nil where all are.
    func difference(from revision: PolicyRevision) -> String? {
        let change = PolicyFilesChange(from: revision.source, to: source)
        let known = Dictionary(zip(source.files.map { $0.name ?? "" }, paths), uniquingKeysWith: { first, _ in first })
        let others = change.changed.filter { $0.before != nil && $0.after != nil }.map { known[$0.name] ?? $0.name }
        let new = change.changed.filter { $0.before == nil }.map { known[$0.name] ?? $0.name }
        let gone = change.changed.filter { $0.after == nil }.map(\.name)
        let applied = "revision \(revision.number), which is in force"
        var parts: [String] = []
        if !others.isEmpty {
            parts.append(
                "\(others.joined(separator: ", ")) \(others.count == 1 ? "differs" : "differ") from \(applied)"
            )
        }
        if !new.isEmpty {
            parts.append("\(new.joined(separator: ", ")) \(new.count == 1 ? "is" : "are") not in \(applied)")
        }
        if !gone.isEmpty { parts.append("\(gone.joined(separator: ", ")) of \(applied), is not among the files") }
        if parts.isEmpty, change.isReordered { parts.append("the files stand in another order than in \(applied)") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}

extension Session {
    /// Whoever edits a file and applies nothing is told so; a machine without the files has nothing to tell.
    func sayPolicyDiffers(from revision: PolicyRevision) {
        guard let texts = try? shell.policyTextsIfAny(found), let difference = texts.difference(from: revision) else {
            return
        }
        shell.say("\(difference): curfew policy diff")
    }
}

extension Shell {
    /// The texts that were named, or those that the settings name.
    ///
    /// `words`: files, folders and names with `*` and `?`, from where we are.
    func policyTexts(_ words: [String], _ found: FoundSettings?) throws(Problem) -> PolicyTexts {
        let words =
            words.isEmpty ? (found?.settings.policyFiles ?? ["policy.yaml"]).map { found?.path($0) ?? $0 } : words
        let paths = try PolicyPaths.resolve(words)
        var files: [PolicySource.File] = []
        for (name, path) in zip(PolicySource.names(of: paths), paths) {
            files.append(PolicySource.File(name: name, text: try policyText(path)))
        }
        return PolicyTexts(source: PolicySource(files), paths: paths)
    }

    /// With the days out of the files of holidays that it names: all of it is what is applied.
    private func policyText(_ path: String) throws(Problem) -> String {
        guard let text = String(data: try read(path), encoding: .utf8) else {
            throw Problem(.data, "\(path) is not UTF-8 text", advice: "save it as UTF-8")
        }
        guard !KeptHolidays.isIn(text) else {
            throw Problem(
                .data,
                "\(path) has `calendars`, which is written by Curfew when a policy is applied",
                advice: "remove it: the files of holidays that the window names are read anew each time"
            )
        }
        return KeptHolidays.added(to: text) { (name) throws(HolidayFile.Problems) in
            let isAside = !name.hasPrefix("/") && path.contains("/")
            let place = isAside ? "\(URL(fileURLWithPath: path).deletingLastPathComponent().path)/\(name)" : name
            do throws(Problem) { return try read(place) } catch {
                throw HolidayFile.Problems(messages: [error.summary])
            }
        }
    }

    /// Those that the settings name; nil on a machine that has none of them.
    func policyTextsIfAny(_ found: FoundSettings) throws(Problem) -> PolicyTexts? {
        let words = found.settings.policyFiles.map(found.path)
        return PolicyPaths.isAny(of: words) ? try policyTexts([], found) : nil
    }
}

/// Which files a policy consists of.
enum PolicyPaths {
    /// Every file once, where it is named first; what a folder or a name with `*` stands for is sorted.
    static func resolve(_ words: [String]) throws(Problem) -> [String] {
        var paths: [String] = []
        var seen: Set<String> = []
        for word in words {
            for path in try files(word) where seen.insert(URL(fileURLWithPath: path).standardizedFileURL.path).inserted
            {
                paths.append(path)
            }
        }
        return paths
    }

    static func isAny(of words: [String]) -> Bool {
        words.contains { FileManager.default.fileExists(atPath: $0) || (isPattern($0) && !matches($0).isEmpty) }
    }

    private static func files(_ word: String) throws(Problem) -> [String] {
        if isPattern(word) {
            guard !word.contains("**") else {
                throw Problem(.data, "\(word) has `**`", advice: "`*` stands for one name: name each level")
            }
            let found = matches(word)
            guard !found.isEmpty else {
                throw Problem(
                    .data,
                    "no file is called \(word)",
                    advice: "correct the name; files of cases (`.tests.`) do not count"
                )
            }
            return found
        }
        guard isFolder(word) else { return [word] }
        let found = ["yaml", "yml"].flatMap { matches("\(word)/*.\($0)") }.sorted()
        guard !found.isEmpty else {
            throw Problem(.data, "the folder \(word) has no policy", advice: "put files with the ending .yaml there")
        }
        return found
    }

    private static func isPattern(_ word: String) -> Bool { word.contains { "*?".contains($0) } }

    private static func isFolder(_ path: String) -> Bool {
        let kind = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
        return kind == .typeDirectory
            || (kind == .typeSymbolicLink && (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil)
    }

    /// The files that a name with `*` and `?` stands for, sorted; files of cases lie beside policies and are none.
    private static func matches(_ pattern: String) -> [String] {
        var found = [pattern.hasPrefix("/") ? "/" : ""]
        for part in pattern.split(separator: "/") {
            let glob = isPattern(String(part)) ? NameGlob(String(part)) : nil
            found = found.flatMap { folder -> [String] in
                guard let glob else { return [folder + part] }
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
                return names.filter { glob.matches($0) && !$0.hasPrefix(".") }.map { folder + $0 }
            }
            .map { "\($0)/" }
        }
        return found.map { String($0.dropLast()) }.filter { path in
            !path.contains(".tests.") && FileManager.default.fileExists(atPath: path) && !isFolder(path)
        }
        .sorted()
    }
}
