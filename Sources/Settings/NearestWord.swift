/// The known word that somebody probably meant; nil when none is near.
func nearest(_ word: String, among known: some Sequence<String>) -> String? {
    let word = folded(word)
    let candidates = known.map { (word: $0, distance: editDistance(word, folded($0))) }
    // A third of the letters may be wrong, at least one and at most three.
    let allowed = min(3, max(1, word.count / 3))
    return candidates.filter { $0.distance <= allowed }
        .min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
}

private func folded(_ word: String) -> [Character] {
    Array(word.prefix(100).lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 })
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, character) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            var best = min(last[column] + (character == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                best = min(best, beforeLast[column - 1] + 1)
            }
            current.append(best)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
