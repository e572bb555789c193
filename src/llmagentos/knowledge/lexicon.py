"""Words people use for classes and kinds, per language: evidence for retrieval, never a decision.

Written by hand from everyday usage; a missing word costs recall only on sites with more entities than candidates.
"""

CLASS_WORDS: dict[str, tuple[str, ...]] = {
    "light": ("light", "lights", "lamp", "lamps", "bulb", "chandelier", "dark", "bright", "brightness", "dim", "灯", "亮", "暗", "调光"),
    "switch": ("switch", "switches", "开关"),
    "outlet": ("outlet", "socket", "plug", "插座", "插头"),
    "cover": ("cover", "blind", "blinds", "shutter", "shutters", "curtain", "curtains", "shade", "shades", "garage", "gate", "drapes",
              "awning", "door", "window", "open", "close", "窗帘", "百叶", "卷帘", "车库", "遮阳", "门", "窗"),
    "lock": ("lock", "locks", "locked", "unlock", "door", "deadbolt", "锁", "门锁", "门"),
    "fan": ("fan", "fans", "ventilation", "air", "风扇", "风机", "电扇", "通风"),
    "climate": ("climate", "thermostat", "heating", "heat", "heater", "temperature", "warm", "warmer", "cold", "cool", "cooler", "ac",
                "air conditioner", "degrees", "freezing", "hot", "chilly", "温度", "空调", "暖气", "冷", "热", "恒温", "度", "暖"),
    "valve": ("valve", "water", "irrigation", "阀", "阀门", "水"),
    "vacuum": ("vacuum", "robot", "hoover", "clean", "cleaner", "sweep", "扫地", "吸尘", "机器人", "打扫"),
    "lawn mower": ("mower", "lawn", "mow", "mowing", "grass", "割草", "草坪"),
    "humidifier": ("humidifier", "humidity", "dehumidifier", "dry", "加湿", "湿度", "除湿"),
    "siren": ("siren", "alarm", "警报", "警笛"),
    "scene": ("scene", "mode", "mood", "场景", "模式"),
    "button": ("button", "press", "push", "按钮", "按"),
    "number": ("number", "set", "level", "数值"),
    "select": ("select", "choose", "option", "mode", "program", "选择", "模式"),
    "media player": ("music", "song", "tv", "television", "player", "speaker", "speakers", "radio", "media", "volume", "play", "pause",
                     "playing", "track", "mute", "loud", "louder", "quieter", "telly", "stereo", "音乐", "电视", "音箱", "音响", "收音机", "广播", "音量", "播放", "歌",
                     "声音", "静音"),
    "list": ("list", "add", "shopping", "todo", "task", "tasks", "chores", "groceries", "buy", "清单", "列表", "购物", "待办"),
    "person": ("who", "where", "home", "anyone", "nobody", "somebody", "在家", "谁", "哪里"),
    "weather": ("weather", "rain", "sunny", "forecast", "outside", "wind", "temperature", "天气", "下雨", "外面", "风"),
    "calendar": ("calendar", "event", "events", "appointment", "schedule", "meeting", "日历", "日程", "会议"),
    "sensor": ("sensor", "value", "reading", "how much", "how many", "传感器", "多少"),
    "binary sensor": ("sensor", "is", "any", "传感器", "有没有"),
}  # fmt: skip

KIND_WORDS: dict[str, tuple[str, ...]] = {
    "temperature": ("temperature", "warm", "cold", "hot", "degrees", "温度", "几度", "多少度"),
    "humidity": ("humidity", "humid", "dry", "damp", "湿度"), "battery": ("battery", "batteries", "charge", "电量", "电池"),
    "power": ("power", "watts", "consumption", "功率", "用电"), "energy": ("energy", "kwh", "consumption", "电量", "能耗"),
    "motion": ("motion", "movement", "move", "moves", "somebody", "someone", "nobody", "empty", "动静", "移动", "有人", "没人", "空着"), "occupancy": ("occupied", "occupancy", "anyone", "somebody", "someone", "nobody", "empty", "有人", "没人", "空着"),
    "door": ("door", "doors", "门"), "window": ("window", "windows", "窗", "窗户"), "moisture": ("leak", "water", "wet", "flood", "漏水", "水浸"),
    "smoke": ("smoke", "fire", "烟", "烟雾"), "carbon monoxide": ("co", "carbon", "monoxide", "一氧化碳"), "gas": ("gas", "燃气", "煤气"),
    "illuminance": ("illuminance", "bright", "light", "lux", "照度", "亮度"), "curtain": ("curtain", "curtains", "drapes", "窗帘"),
    "blind": ("blind", "blinds", "百叶窗", "百叶"), "shutter": ("shutter", "shutters", "卷帘"), "shade": ("shade", "shades", "遮阳帘"),
    "garage": ("garage", "车库"), "gate": ("gate", "大门"), "awning": ("awning", "遮阳篷"), "pressure": ("pressure", "气压", "压力"),
    "carbon dioxide": ("co2", "carbon", "dioxide", "air quality", "二氧化碳"), "presence": ("home", "presence", "在家"),
}  # fmt: skip
