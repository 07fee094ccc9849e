/// Which keys and words the readers take, by the place where they take them: `policies[1].warn`.
///
/// The readers themselves say it while they read, so there is no second list that could differ from what they do.
final class KnownKeys {
    private(set) var keys: [String: Set<String>] = [:]
    /// Of values that are one of a few words.
    private(set) var words: [String: Set<String>] = [:]

    func note(keys known: [String], _ path: String) { keys[path, default: []].formUnion(known) }
    func note(words known: [String], _ path: String) { words[path, default: []].formUnion(known) }
}
