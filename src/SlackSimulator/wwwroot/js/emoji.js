/** Emoji by Slack's short names. Unknown ones stay as they are written. */

const table = `
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|wave 👋|clap 👏|raised_hands 🙌|pray 🙏|muscle 💪|ok_hand 👌|point_up ☝️|point_right 👉|point_left 👈
point_down 👇|raised_hand ✋|v ✌️|handshake 🤝|eyes 👀|brain 🧠|bust_in_silhouette 👤|busts_in_silhouette 👥|runner 🏃|running 🏃|walking 🚶|dancer 💃
smile 😄|smiley 😃|grinning 😀|grin 😁|laughing 😆|joy 😂|rolling_on_the_floor_laughing 🤣|slightly_smiling_face 🙂|upside_down_face 🙃|wink 😉
blush 😊|innocent 😇|heart_eyes 😍|kissing_heart 😘|yum 😋|stuck_out_tongue 😛|sunglasses 😎|nerd_face 🤓|thinking_face 🤔|neutral_face 😐
expressionless 😑|no_mouth 😶|smirk 😏|unamused 😒|face_with_rolling_eyes 🙄|grimacing 😬|relieved 😌|pensive 😔|sleepy 😪|sleeping 😴|cry 😢|sob 😭
scream 😱|angry 😠|rage 😡|dizzy_face 😵|exploding_head 🤯|hugging_face 🤗|partying_face 🥳|robot_face 🤖|ghost 👻|skull 💀|alien 👽
heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|broken_heart 💔|sparkling_heart 💖|100 💯|boom 💥|fire 🔥|zap ⚡
star ⭐|star2 🌟|sparkles ✨|tada 🎉|confetti_ball 🎊|balloon 🎈|gift 🎁|trophy 🏆|medal 🏅|first_place_medal 🥇|crown 👑|gem 💎|dart 🎯|game_die 🎲
coffee ☕|tea 🍵|bubble_tea 🧋|glass_of_milk 🥛|milk_glass 🥛|cup_with_straw 🥤|tropical_drink 🍹|beer 🍺|beers 🍻|wine_glass 🍷|champagne 🍾|mate 🧉|ice_cube 🧊
cookie 🍪|doughnut 🍩|cake 🍰|birthday 🎂|croissant 🥐|bread 🍞|sandwich 🥪|pizza 🍕|hamburger 🍔|fries 🍟|taco 🌮|sushi 🍣|apple 🍎|banana 🍌|lemon 🍋
chocolate_bar 🍫|honey_pot 🍯|salt 🧂|bellhop_bell 🛎️|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|speech_balloon 💬|thought_balloon 💭|email ✉️|inbox_tray 📥
outbox_tray 📤|package 📦|memo 📝|pencil ✏️|pencil2 ✏️|clipboard 📋|calendar 📅|date 📅|spiral_calendar_pad 🗓️|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗
lock 🔒|unlock 🔓|key 🔑|mag 🔍|bulb 💡|wrench 🔧|hammer 🔨|gear ⚙️|hammer_and_wrench 🛠️|toolbox 🧰|computer 💻|iphone 📱|bar_chart 📊|chart_with_upwards_trend 📈
chart_with_downwards_trend 📉|moneybag 💰|credit_card 💳|shopping_cart 🛒|shopping_trolley 🛒|house 🏠|office 🏢|rocket 🚀|airplane ✈️|car 🚗|bike 🚲|globe_with_meridians 🌐
alarm_clock ⏰|clock1 🕐|stopwatch ⏱️|timer_clock ⏲️|hourglass ⌛|hourglass_flowing_sand ⏳|watch ⌚|sunny ☀️|partly_sunny ⛅|cloud ☁️|rain_cloud 🌧️|umbrella ☔|snowflake ❄️
rainbow 🌈|seedling 🌱|evergreen_tree 🌲|herb 🌿|leaves 🍃|cherry_blossom 🌸|dog 🐶|cat 🐱|mouse 🐭|panda_face 🐼|bug 🐛|turtle 🐢|rabbit 🐰
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑
information_source ℹ️|question ❓|grey_question ❔|exclamation ❗|heavy_exclamation_mark ❗|recycle ♻️|repeat 🔁|arrows_counterclockwise 🔄|arrow_right ➡️|arrow_left ⬅️
arrow_up ⬆️|arrow_down ⬇️|fast_forward ⏩|rewind ⏪|heavy_plus_sign ➕|heavy_minus_sign ➖|red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢
large_blue_circle 🔵|white_circle ⚪|black_circle ⚫|small_blue_diamond 🔹|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|checkered_flag 🏁|triangular_flag_on_post 🚩|wave_dash 〰️`;

// Text fonts have a plain picture of some of the older ones, and come first: the variation selector asks for the colourful one.
const inColour = (character) => (/^[\u2300-\u2bff]$/.test(character) ? `${character}\ufe0f` : character);

const emoji = new Map(table.trim().split(/[|\n]/).map((entry) => entry.split(' ')).map(([name, character]) => [name, inColour(character)]));

/** @returns {string | null} */
export const emojiOf = (name) => emoji.get(name.replace(/::skin-tone-\d$/, '')) ?? null;

/** Text with every known `:name:` as its character. */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):(?::skin-tone-\d:)?/g, (whole, name) => emojiOf(name) ?? whole);
