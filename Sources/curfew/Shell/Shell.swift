import Foundation
import Operations
import Synchronization

/// The terminal and the process around us, read once.
///
/// Nothing else touches the environment or the standard streams.
struct Shell: Sendable {
    let variables: [String: String]
    let outputIsTerminal: Bool
    let errorIsTerminal: Bool
    let inputIsTerminal: Bool
    let userName: String
    let isRoot: Bool
    let folder: String
    /// This process, for people on other machines.
    let process: String
    /// What standard output did not take.
    let lost = LostOutput()
    /// For whatever is shown or kept of what others say.
    let known = KnownSecrets()
    private let warned = Warned()

    static func current() -> Shell {
        // Writing to a closed pipe is an error to us, not the end.
        signal(SIGPIPE, SIG_IGN)
        let process = ProcessInfo.processInfo
        return Shell(
            variables: process.environment,
            outputIsTerminal: isatty(STDOUT_FILENO) == 1,
            errorIsTerminal: isatty(STDERR_FILENO) == 1,
            inputIsTerminal: isatty(STDIN_FILENO) == 1,
            userName: process.userName,
            isRoot: geteuid() == 0,
            folder: FileManager.default.currentDirectoryPath,
            process: "process \(process.processIdentifier) on \(machineName())"
        )
    }

    /// As the machine calls itself; nothing is looked up.
    private static func machineName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "a machine without a name" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Colour only on a terminal, and never with NO_COLOR or a dumb one.
    var wantsColour: Bool {
        outputIsTerminal && (variables["NO_COLOR"] ?? "").isEmpty && variables["TERM"] != "dumb"
    }

    var isUTF8: Bool {
        let locale = variables["LC_ALL"] ?? variables["LC_CTYPE"] ?? variables["LANG"] ?? ""
        return locale.isEmpty || locale.lowercased().contains("utf")
    }

    /// Columns of the terminal; nil when the output goes elsewhere and nothing is cut.
    ///
    /// Shells keep COLUMNS to themselves, so the terminal is asked where nobody exported it.
    var width: Int? { outputIsTerminal ? variables["COLUMNS"].flatMap { Int($0) } ?? Self.terminalWidth ?? 120 : nil }

    private static var terminalWidth: Int? {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Data, for programs and people.
    func print(_ text: String) {
        // A line break of CSV is one character of two bytes.
        let ended = text.isEmpty || text.utf8.last == UInt8(ascii: "\n")
        do { try FileHandle.standardOutput.write(contentsOf: Data((ended ? text : text + "\n").utf8)) } catch {
            lost.note(error)
        }
    }

    /// Messages: what happens, what to do next.
    func say(_ text: String) { write(text + "\n", to: .standardError) }

    /// The same warning once, however often a command comes across it.
    func warn(_ text: String) {
        if warned.isNew(text) { say("curfew: \(text)") }
    }

    /// How many different warnings were said.
    var warnings: Int { warned.count }

    /// One line that is written over on a terminal and stays silent elsewhere.
    func progress(_ text: String) {
        guard writesOver else { return }
        write("\u{1B}[2K\r\(text.prefix(110))", to: .standardError)
    }

    func endProgress() {
        guard writesOver else { return }
        write("\u{1B}[2K\r", to: .standardError)
    }

    private var writesOver: Bool { errorIsTerminal && variables["TERM"] != "dumb" }

    /// An error for people: what, on what, why, what to do; two lines.
    func fail(_ problem: Problem) {
        endProgress()
        say("curfew: \(problem.description)")
    }

    /// A line typed by a person; nil at the end of the input or when there is nobody to ask.
    func ask(_ question: String) -> String? {
        guard inputIsTerminal, errorIsTerminal else { return nil }
        write(question, to: .standardError)
        return readLine()
    }

    /// A reader that went away must not end a teardown half-way, so a message that cannot be written is dropped.
    private func write(_ text: String, to handle: FileHandle) {
        do { try handle.write(contentsOf: Data(text.utf8)) } catch { return }
    }
}

/// What was warned of already.
private final class Warned: Sendable {
    private let texts = Mutex<Set<String>>([])

    var count: Int { texts.withLock { $0.count } }

    func isNew(_ text: String) -> Bool { texts.withLock { $0.insert(text).inserted } }
}
