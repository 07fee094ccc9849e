import Core

extension YAMLEntry {
    /// How long what was kept of reaped components stays; the database refuses less than 30 days.
    func tombstones() -> Duration? {
        let example = "{ keep: 400d }"
        guard let parts = mapping(["keep"], required: ["keep"], example: example) else { return nil }
        return parts["keep"]?.duration(.seconds(30 * 86_400)...DurationText.longest, example: "400d")
    }
}
