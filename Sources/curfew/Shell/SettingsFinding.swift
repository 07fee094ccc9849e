import Core
import Foundation
import Operations
import Settings

/// The settings file as it was found.
struct FoundSettings: Sendable {
    let file: String
    let layers: LayeredSettings
    /// The settings with the targets that were found beside them; nil as long as nobody looked.
    var known: KnownTargets?

    var settings: Settings { known?.settings ?? layers.settings }

    /// A path that the settings name; relative ones begin in the settings file's folder.
    func path(_ path: String) -> String {
        path.hasPrefix("/")
            ? path : URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent(path).path
    }
}

extension Shell {
    /// The first of: the option, $CURFEW_SETTINGS, ./curfew.yaml, the user's and the machine's.
    ///
    /// What `--set` and the environment say is stronger than what stands there.
    func settings(_ options: CommonOptions) throws(Problem) -> FoundSettings {
        let option = options.settings
        let home = variables["XDG_CONFIG_HOME"] ?? variables["HOME"].map { "\($0)/.config" }
        let named = option ?? variables["CURFEW_SETTINGS"].flatMap { $0.isEmpty ? nil : $0 }
        let candidates =
            named.map { [$0] }
            ?? ["curfew.yaml", home.map { "\($0)/curfew/curfew.yaml" }, "/etc/curfew/curfew.yaml"]
            .compactMap(\.self)
        guard let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            // In a folder that may not be entered a file looks absent.
            if let named, let reason = Self.refusal(named) {
                throw Problem(.configuration, "\(named) cannot be read: \(reason)", advice: "check its folder's rights")
            }
            throw Problem(
                .configuration,
                named.map { "there is no settings file \($0)" } ?? "there is no settings file",
                advice: "write one (see the README) at one of: \(candidates.joined(separator: ", "))"
            )
        }
        let bytes: Data
        do { bytes = try read(file) } catch { throw Problem(.configuration, error.summary, advice: error.advice) }
        do {
            let layers = SettingsLayers(flags: options.set, variables: variables)
            let read = try SettingsFile.read(bytes, file: file, under: layers)
            for warning in read.warnings { warn(warning) }
            return FoundSettings(file: file, layers: read)
        } catch {
            // Whoever typed a wrong option is told so; whatever else is wrong stands in a file or a variable.
            let isTyped = error.problems.allSatisfy(\.isOption)
            throw Problem(isTyped ? .usage : .configuration, error.description)
        }
    }

    /// A file's bytes, or a problem that says why not.
    func read(_ file: String) throws(Problem) -> Data {
        do { return try Data(contentsOf: URL(fileURLWithPath: file)) } catch {
            let reason =
                Self.refusal(file).map { "cannot be read: \($0)" }
                ?? (FileManager.default.fileExists(atPath: file) ? "cannot be read" : "does not exist")
            throw Problem(.data, "the file \(file) \(reason)", advice: "check its name and rights")
        }
    }

    /// Why the machine refuses to let us read it; nil when it does not, or when it is not there.
    private static func refusal(_ file: String) -> String? {
        guard unsafe access(file, R_OK) != 0, errno == EACCES else { return nil }
        return "permission denied"
    }

    /// Writes a whole file or none of it; a device or a pipe is written to, never replaced.
    func write(_ text: String, toFile file: String) throws(Problem) {
        let url = URL(fileURLWithPath: file)
        let kind = (try? FileManager.default.attributesOfItem(atPath: file))?[.type] as? FileAttributeType
        do {
            if kind == nil || kind == .typeRegular {
                try Data(text.utf8).write(to: url, options: .atomic)
            } else {
                let handle = try FileHandle(forWritingTo: url)
                try handle.write(contentsOf: Data(text.utf8))
                try handle.close()
            }
        } catch {
            throw Problem(
                .configuration,
                "\(file) cannot be written",
                advice: "check the folder, its rights and its space"
            )
        }
    }
}
